public import ContactModel
import Foundation
import GRDB
import LedgerFormat

/// A contact that is looked at in a search.
private struct SearchCandidate {
    let id: UInt64
    let subject: SubjectTag
    let createdAt: String

    init?(_ row: Row) {
        guard let subject = SubjectTag(row[1] as Data) else { return nil }
        id = ProjectionReader.number(row, 0)
        self.subject = subject
        createdAt = row[2]
    }
}

extension ProjectionReader {
    /// One page of contacts, the newest first. What `clearance` does not see counts for nothing, not even for where a page ends.
    ///
    /// - Parameters:
    ///   - below: ids of contacts (positions of their `ContactCreated`) below this one.
    ///   - span: how many are looked at for it.
    /// - Returns: where the next page begins; nil: nothing is left.
    public func search(
        _ filter: SearchFilter, below: UInt64, span: Int, limit: Int, for clearance: Clearance
    ) throws -> (contacts: [ContactRecord], next: UInt64?) {
        let labels = try contactLabels().filter { SeenRows.isSeen($0, by: clearance) }
        let candidates =
            if let word = filter.words.words.first {
                try named(word, labels, below: below, limit: span)
            } else {
                try newest(labels, below: below, limit: span)
            }
        var contacts: [ContactRecord] = []
        for candidate in candidates where filter.fits(candidate.createdAt) {
            guard try hasWords(candidate.id, filter.words.words.dropFirst()),
                try isFrom(filter.source, candidate.subject),
                let record = try contact(subject: candidate.subject),
                record.isThere(for: clearance), filter.covers(record)
            else { continue }
            // This one fits, too, and is on the next page.
            guard contacts.count < limit else { return (contacts, contacts.last?.created) }
            contacts.append(record)
        }
        guard candidates.count == span, let last = candidates.last, last.id > 0 else {
            return (contacts, nil)
        }
        return (contacts, last.id)
    }

    /// Each one once, by the index alone.
    private func contactLabels() throws -> [String] {
        let next = try db.cachedStatement(sql: "SELECT min(label) FROM contact WHERE label > ?")
        var labels: [String] = []
        while let label = try String.fetchOne(next, arguments: [labels.last ?? ""]) {
            labels.append(label)
        }
        return labels
    }

    /// A seek for each label, whatever lies behind it.
    private func newest(
        _ labels: [String], below: UInt64, limit: Int
    ) throws -> [SearchCandidate] {
        let page = try db.cachedStatement(
            sql: """
                SELECT id, subject, created_at FROM contact WHERE label = ? AND id < ?
                ORDER BY id DESC LIMIT ?
                """)
        let all = try labels.flatMap { label in
            try Row.fetchAll(page, arguments: [label, Int64(clamping: below), limit])
                .compactMap(SearchCandidate.init)
        }
        return Array(all.sorted { $0.id > $1.id }.prefix(limit))
    }

    private func named(
        _ word: UInt16, _ labels: [String], below: UInt64, limit: Int
    ) throws -> [SearchCandidate] {
        let places = Array(repeating: "?", count: labels.count).joined(separator: ",")
        return try Row.fetchAll(
            db,
            sql: """
                SELECT n.contact, c.subject, c.created_at FROM name_word n JOIN contact c ON c.id = n.contact
                WHERE n.word = ? AND n.contact < ? AND c.label IN (\(places))
                ORDER BY n.contact DESC LIMIT ?
                """,
            arguments: [Int64(word), Int64(clamping: below)] + StatementArguments(labels) + [limit]
        ).compactMap(SearchCandidate.init)
    }

    private func hasWords(_ contact: UInt64, _ words: ArraySlice<UInt16>) throws -> Bool {
        let word = try db.cachedStatement(
            sql: "SELECT 1 FROM name_word WHERE word = ? AND contact = ?")
        return try words.allSatisfy { name in
            try Int.fetchOne(word, arguments: [Int64(name), Int64(clamping: contact)]) != nil
        }
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
    fileprivate func fits(_ createdAt: String) -> Bool {
        if let from, createdAt < from.text { return false }
        if let until, createdAt >= until.text { return false }
        return true
    }

    fileprivate func covers(_ record: ContactRecord) -> Bool {
        guard let purpose else { return true }
        let statements = record.consents.compactMap { consent in
            ConsentType(rawValue: consent.consentType).map { type in
                PurposeStatement(
                    consentType: type, purposes: consent.purposeCodes,
                    grantedAt: consent.grantedAt, isRevoked: consent.revokedAt != nil,
                    isConsent: consent.legalBasis == LegalBasis.consent.rawValue)
            }
        }
        let objections = record.objections.map { objection in
            PurposeStatement(objectionTo: objection.purposeCodes, at: objection.objectedAt)
        }
        return (statements + objections).cover(purpose)
    }
}
