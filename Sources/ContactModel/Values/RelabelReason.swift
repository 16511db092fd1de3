/// Why a contact was relabelled, for whoever reads the ledger later: 1…128 letters, digits, blanks and `._:;,/()#-`, as
/// `DPIA-17 legal hold`. It stands in clear and survives an erasure, so it names nobody; an address does not fit.
public struct RelabelReason: Hashable, Sendable {
    public let text: String

    /// - Throws: `ValidationError` with code `invalid-reason`.
    public init(_ raw: String) throws(ValidationError) {
        guard ASCII.matches(raw, max: ModelLimits.relabelReasonBytes, Self.isAllowed),
            raw.utf8.first != Self.blank, raw.utf8.last != Self.blank
        else {
            throw ValidationError(
                .invalidReason,
                "A reason is 1 to \(ModelLimits.relabelReasonBytes) letters, digits, blanks and ._:;,/()#- and names no person: "
                    + "it stays readable for ever."
            )
        }
        text = raw
    }

    private static let blank = UInt8(ascii: " ")

    private static func isAllowed(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || byte == blank || "._:;,/()#-".utf8.contains(byte)
    }
}
