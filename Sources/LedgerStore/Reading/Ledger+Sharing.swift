public import ContactModel
public import Projections

/// Sharings of one page, the newest first, each with its entries.
public struct SharingPage: Sendable {
    public struct Row: Sendable {
        public let record: SharingRecord
        public let recorded: EntryPlace
        /// Nil: it is not revoked.
        public let revoked: EntryPlace?
    }

    public let rows: [Row]
    /// Where the next page begins: sharings recorded at positions below. Nil: there are no more.
    public let next: UInt64?
    /// Of the contact asked for.
    public let contact: ContactHead?
}

/// What names an entry for good.
public struct EntryPlace: Hashable, Sendable {
    public let generation: UInt64
    /// In its generation.
    public let index: UInt64

    public init(generation: UInt64, index: UInt64) {
        self.generation = generation
        self.index = index
    }
}

/// Whom contacts were shared with, as far as `clearance` dominates the labels of both.
extension Ledger {
    /// - Parameters:
    ///   - below: where the page before ended; nil: from the newest on.
    ///   - limit: 1 … `StoreLimits.sharingRows`.
    /// - Throws: `LedgerStoreError.notFound` for a contact that is not there for the clearance; `invalid`.
    public func sharings(
        of contact: ContactID, below: UInt64?, limit: Int, for clearance: Clearance
    ) throws(LedgerStoreError) -> SharingPage {
        try checkPage(limit)
        let (head, found) = try reading { reader in
            let head = try reader.contactHead(id: contact)
            return (
                head,
                try head.flatMap { head in
                    head.isThere(for: clearance)
                        ? try reader.sharings(
                            of: head.subject, below: below ?? .max, limit: limit, for: clearance)
                        : nil
                }
            )
        }
        guard let head, let found else {
            throw LedgerStoreError(.notFound, "There is no such contact.")
        }
        return try page(found, of: head)
    }

    /// The same of all contacts.
    public func sharings(
        with recipient: String, below: UInt64?, limit: Int, for clearance: Clearance
    ) throws(LedgerStoreError) -> SharingPage {
        try checkPage(limit)
        let found = try reading {
            try $0.sharings(
                with: recipient, below: below ?? .max, limit: limit, for: clearance)
        }
        return try page(found, of: nil)
    }

    /// - Throws: `LedgerStoreError.notFound`
    public func sharing(
        id: String, for clearance: Clearance
    ) throws(LedgerStoreError) -> SharingPage {
        try page(try reading { try $0.sharing(id: id, for: clearance) })
    }

    /// - Parameter place: of its `SharingRecorded`.
    /// - Throws: `LedgerStoreError.notFound`
    public func sharing(
        at place: EntryPlace, for clearance: Clearance
    ) throws(LedgerStoreError) -> SharingPage {
        let position = try position(of: place.index, place.generation)
        return try page(try reading { try $0.sharing(at: position, for: clearance) })
    }

    func checkPage(_ limit: Int) throws(LedgerStoreError) {
        guard (1...configuration.limits.sharingRows).contains(limit) else {
            throw LedgerStoreError(
                .invalid, "A page has 1 to \(configuration.limits.sharingRows) rows.")
        }
    }

    private func page(_ record: SharingRecord?) throws(LedgerStoreError) -> SharingPage {
        guard let record else { throw LedgerStoreError(.notFound, "There is no such sharing.") }
        return SharingPage(rows: [try row(record)], next: nil, contact: record.contact)
    }

    private func page(
        _ found: SharingRecords, of contact: ContactHead?
    ) throws(LedgerStoreError) -> SharingPage {
        var rows: [SharingPage.Row] = []
        for record in found.records { rows.append(try row(record)) }
        return SharingPage(
            rows: rows, next: found.hasMore ? found.records.last?.position : nil, contact: contact)
    }

    private func row(_ record: SharingRecord) throws(LedgerStoreError) -> SharingPage.Row {
        var revoked: EntryPlace?
        if let revocation = record.revocation { revoked = try place(of: revocation.position) }
        return SharingPage.Row(
            record: record, recorded: try place(of: record.position), revoked: revoked)
    }

    func place(of position: UInt64) throws(LedgerStoreError) -> EntryPlace {
        guard let place = library.entry(atPosition: position) else {
            throw LedgerStoreError(.damaged, "Entry \(position) is missing; rebuild the views.")
        }
        return EntryPlace(generation: place.generation, index: place.index)
    }
}
