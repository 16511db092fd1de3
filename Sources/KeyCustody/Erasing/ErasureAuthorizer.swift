public import LedgerFormat

/// Opens what an erasure is about, and gives the ticket that its order needs. Whether the caller may, and has signed for this
/// contact, is decided between the two steps by whoever serves the keeper's socket.
public struct ErasureAuthorizer: Sendable {
    private let reindexer: Reindexer
    private let hierarchy: KeyHierarchy

    init(reindexer: Reindexer, hierarchy: KeyHierarchy) {
        self.reindexer = reindexer
        self.hierarchy = hierarchy
    }

    /// The id of the contact whose subject's key opens this value: nobody can say so of another one.
    ///
    /// - Returns: 16 bytes; nil: the subject has no key, so there is nobody left to forget.
    /// - Throws: `KeyCustodyError.invalid` for a value that is no contact id, or was altered or moved.
    public func contact(of value: BoundValue) async throws(KeyCustodyError) -> [UInt8]? {
        guard value.binding.field == "contactId" else {
            throw KeyCustodyError(.invalid, "an erasure is authorized by the value of contactId")
        }
        switch try await reindexer.reindex([value]).first {
        case .contactID(let bytes): return bytes
        case .unreadable: return nil
        case .corrupt(let error): throw error
        case .words, .indexValue, nil:
            throw KeyCustodyError(.invalid, "an erasure is authorized by the value of contactId")
        }
    }

    /// - Parameter actor: whose credential and signature were checked.
    public func ticket(for subject: SubjectTag, actor: String) -> [UInt8] {
        ErasureTicket(hierarchy.ticketKey).sign(subject, actor: actor)
    }
}
