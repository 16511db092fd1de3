public import ContactModel
import Foundation
import GRDB
import LedgerFormat

extension ProjectionReader {
    /// Contacts with these words, the newest first; without words every contact.
    ///
    /// - Parameters:
    ///   - below: ids of contacts (positions of their `ContactCreated`) below this one.
    ///   - limit: how many are looked at.
    /// - Returns: the id of each that was looked at, with its subject where it fits.
    func candidates(
        _ words: NameIndex, below: UInt64, limit: Int
    ) throws -> [(id: UInt64, subject: SubjectTag?)] {
        let (first, others) = (words.words.first, words.words.dropFirst())
        let rows = try Row.fetchAll(
            try db.cachedStatement(sql: first == nil ? Self.all : Self.named),
            arguments: [
                "below": Int64(clamping: below), "limit": limit, "word": first.map { Int64($0) },
            ])
        let other = try db.cachedStatement(
            sql: "SELECT 1 FROM name_word WHERE word = ? AND contact = ?")
        return try rows.map { row in
            let id = Self.number(row, 0)
            let hasAll = try others.allSatisfy { word in
                try Int.fetchOne(other, arguments: [Int64(word), Int64(clamping: id)]) != nil
            }
            return (id, hasAll ? SubjectTag(row[1] as Data) : nil)
        }
    }

    private static let all =
        "SELECT id, subject FROM contact WHERE id < :below AND :word IS NULL ORDER BY id DESC LIMIT :limit"
    private static let named = """
        SELECT n.contact, c.subject FROM name_word n JOIN contact c ON c.id = n.contact
        WHERE n.word = :word AND n.contact < :below ORDER BY n.contact DESC LIMIT :limit
        """

    /// One page of contacts, the newest first.
    ///
    /// - Parameters:
    ///   - span: how many are looked at for it.
    ///   - isFull: asked after each that fits.
    /// - Returns: where the next page begins; nil: nothing is left.
    public func search(
        _ filter: SearchFilter, below: UInt64, span: Int, for clearance: Clearance,
        _ found: (ContactRecord) throws -> Void, isFull: () -> Bool
    ) throws -> UInt64? {
        var readable: [String: Bool] = [:]
        let candidates = try candidates(filter.words, below: below, limit: span)
        for (id, subject) in candidates {
            guard !isFull() else { return id + 1 }
            guard let subject, let head = try contactHead(subject: subject) else { continue }
            let isReadable = readable[head.label] ?? head.isThere(for: clearance)
            readable[head.label] = isReadable
            guard isReadable, try isFrom(filter.source, subject),
                let record = try contact(subject: subject), record.isThere(for: clearance),
                filter.fits(record)
            else { continue }
            try found(record)
        }
        guard candidates.count == span, let last = candidates.last else { return nil }
        return last.id == 0 ? nil : last.id
    }

    private func isFrom(_ source: String?, _ subject: SubjectTag) throws -> Bool {
        guard let source else { return true }
        return try Int.fetchOne(
            try db.cachedStatement(
                sql: "SELECT 1 FROM provenance WHERE subject = ? AND source_identity = ?"),
            arguments: [subject.data, source]) != nil
    }
}

extension SearchFilter {
    fileprivate func fits(_ record: ContactRecord) -> Bool {
        if let from, record.createdAt < from.text { return false }
        if let until, record.createdAt >= until.text { return false }
        guard let purpose else { return true }
        return record.consents.compactMap { consent in
            ConsentType(rawValue: consent.consentType).map { type in
                PurposeStatement(
                    consentType: type, purposes: consent.purposeCodes,
                    grantedAt: consent.grantedAt, isRevoked: consent.revokedAt != nil)
            }
        }.cover(purpose)
    }
}
