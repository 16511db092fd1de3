internal import LedgerFormat

/// What an entry of stream `key` or `segment` says about the ledger itself.
enum LedgerStatement: Sendable {
    case keyActivated(KeyAnnouncement)
    case keyRetired(KeyRetirement)
    case segmentSealed(segment: UInt64, manifestHash: Digest32)

    /// - Returns: nil for any other entry.
    /// - Throws: `statement` when the payload does not say what its type promises.
    init?(header: EntryHeader, payload: UnsafeRawBufferPointer) throws(VerificationFailure) {
        switch (header.stream, header.type) {
        case (.key, "KeyActivated"):
            let members = try Members(payload, of: header)
            self = .keyActivated(
                KeyAnnouncement(
                    use: try members.text("use"), algorithm: try members.text("algorithm"),
                    name: try members.text("name"), keyID: try members.text("keyId"),
                    publicKey: try members.text("publicKey"),
                    fromSize: try members.integer("fromSize")))
        case (.key, "KeyRetired"):
            let members = try Members(payload, of: header)
            self = .keyRetired(
                KeyRetirement(
                    use: try members.text("use"), keyID: try members.text("keyId"),
                    untilSize: try members.integer("untilSize")))
        case (.segment, "SegmentSealed"):
            let members = try Members(payload, of: header)
            guard let hash = Digest32(hex: try members.text("manifestHash")) else {
                throw members.failure("manifestHash")
            }
            self = .segmentSealed(segment: try members.integer("segment"), manifestHash: hash)
        default:
            return nil
        }
    }
}

/// The members of a payload's object.
private struct Members {
    private let object: CanonicalJSON.Value
    private let index: UInt64
    private let type: String

    init(_ payload: UnsafeRawBufferPointer, of header: EntryHeader) throws(VerificationFailure) {
        index = header.index
        type = header.type
        do throws(CanonicalJSONError) {
            object = try CanonicalJSON.read(payload)
        } catch {
            throw VerificationFailure(
                .statement, index: header.index,
                "the payload of \(header.type) cannot be read: \(error.message)")
        }
    }

    func text(_ name: String) throws(VerificationFailure) -> String {
        guard let value = object[name]?.string else { throw failure(name) }
        return value
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
