internal import LedgerFormat

/// What an entry of stream `key` or `segment` says about the ledger itself (FORMAT 8): its payload is read,
/// so it must be canonical and small.
enum LedgerStatement: Sendable {
    case keyActivated(KeyAnnouncement)
    case keyRetired(KeyRetirement)
    case segmentSealed(segment: UInt64, manifestHash: Digest32)
    case ledgerRecovered(RecoveryClaim)
    case anchored(AnchorClaim)

    /// - Returns: nil for any other entry.
    /// - Throws: `statement` when the payload does not say what its type promises.
    init?(
        header: EntryHeaderView, payload: UnsafeRawBufferPointer
    ) throws(VerificationFailure) {
        switch header.stream {
        case .key where header.isType("KeyActivated"):
            let members = try Members(payload, of: header)
            self = .keyActivated(
                KeyAnnouncement(
                    use: try members.text("use", atMost: 64),
                    algorithm: try members.text("algorithm", atMost: 64),
                    name: try members.text("name", atMost: LedgerLimits.maxKeyNameBytes),
                    keyID: try members.text("keyId", atMost: 16),
                    publicKey: try members.text(
                        "publicKey", atMost: LedgerLimits.maxPublicKeyTextBytes),
                    fromSize: try members.integer("fromSize"),
                    sealCounter: try members.optionalText(
                        "sealCounter", atMost: 2 * LedgerLimits.counterNameBytes)))
        case .key where header.isType("KeyRetired"):
            let members = try Members(payload, of: header)
            self = .keyRetired(
                KeyRetirement(
                    use: try members.text("use", atMost: 64),
                    keyID: try members.text("keyId", atMost: 16),
                    untilSize: try members.integer("untilSize")))
        case .segment where header.isType("SegmentSealed"):
            let members = try Members(payload, of: header)
            self = .segmentSealed(
                segment: try members.integer("segment"),
                manifestHash: try members.digest("manifestHash"))
        case .segment where header.isType("LedgerRecovered"):
            self = .ledgerRecovered(try RecoveryClaim(Members(payload, of: header)))
        case .segment where header.isType("TPMAnchored"):
            self = .anchored(try AnchorClaim(Members(payload, of: header)))
        default:
            return nil
        }
    }
}

/// The members of a payload's object.
struct Members {
    private let object: CanonicalJSON.Value
    let index: UInt64
    private let type: String

    init(
        _ payload: UnsafeRawBufferPointer, of header: EntryHeaderView
    ) throws(VerificationFailure) {
        index = header.index
        type = header.typeText
        do throws(CanonicalJSONError) {
            object = try CanonicalJSON.read(payload, limit: LedgerLimits.maxStatementBytes)
        } catch {
            throw VerificationFailure(
                .statement, index: index, "the payload of \(type) cannot be read: \(error.message)")
        }
    }

    func text(_ name: String, atMost limit: Int) throws(VerificationFailure) -> String {
        guard let value = object[name]?.string, value.utf8.count <= limit else {
            throw failure(name)
        }
        return value
    }

    func optionalText(_ name: String, atMost limit: Int) throws(VerificationFailure) -> String? {
        object[name] == nil ? nil : try text(name, atMost: limit)
    }

    /// - Parameter limit: of the bytes.
    func binary(_ name: String, atMost limit: Int) throws(VerificationFailure) -> [UInt8] {
        let text = try text(name, atMost: (limit + 2) / 3 * 4)
        guard let bytes = StrictBase64.decode(text) else { throw failure(name) }
        return bytes
    }

    func digest(_ name: String) throws(VerificationFailure) -> Digest32 {
        guard let digest = Digest32(hex: try text(name, atMost: 64)) else { throw failure(name) }
        return digest
    }

    func integer(_ name: String) throws(VerificationFailure) -> UInt64 {
        guard let value = object[name]?.integer else { throw failure(name) }
        return value
    }

    func failure(_ name: String) -> VerificationFailure {
        VerificationFailure(
            .statement, index: index,
            "the payload of \(type) does not tell \(name) as FORMAT 9 says")
    }
}
