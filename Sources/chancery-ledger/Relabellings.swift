import AccessControl
import ContactModel
import LedgerFormat
import LedgerStore
import ProcessBoundary
import Projections

/// Holds each relabel against the keeper's word for exactly the values that the contact has.
struct Relabellings: Sendable {
    let word: KeeperWord

    /// The version that it names holds the row still until it is appended. One behind the contact's is the store's to refuse, or to
    /// answer of what it did before: it never comes back. One ahead may come, with another row.
    ///
    /// - Throws: `INVALID` for values that the keeper did not seal of those that the contact has; `NOT_FOUND`; `STALE`;
    ///   `UNAVAILABLE` as ``KeeperWord/check(_:by:or:)``.
    func check(
        _ request: WireAppendRequest, in ledger: Ledger, for clearance: Clearance
    ) async throws(WireFault) {
        for mutation in request.mutations
        where mutation.entries.contains(where: { $0.type == ContactRelabelled.type }) {
            guard mutation.entries.count == 1, let entry = mutation.entries.first,
                let event = try? EventCoding.decode(ContactRelabelled.self, from: entry.payload),
                let subject = SubjectTag(mutation.subject)
            else { throw Self.unknown }
            let row = try await offEventLoop { () throws(WireFault) in
                try Self.row(of: subject, in: ledger, for: clearance)
            }
            if mutation.expectedVersion < row.head.version { continue }
            guard mutation.expectedVersion == row.head.version else { throw Self.ahead }
            guard let resealing = Resealing(event, of: row, to: entry.label) else {
                throw Self.unknown
            }
            try await word.check(resealing, by: mutation.introduction, or: Self.unknown)
        }
    }

    private static func row(
        of subject: SubjectTag, in ledger: Ledger, for clearance: Clearance
    ) throws(WireFault) -> ContactRecord {
        let record: ContactRecord?
        do throws(LedgerStoreError) {
            record = try ledger.contact(subject: subject)
        } catch {
            throw WireFault(error)
        }
        guard let record, record.isThere(for: clearance) else {
            throw WireFault(.notFound, "There is no such contact.")
        }
        return record
    }

    private static let unknown = WireFault(
        .invalid,
        "Refused: a relabel comes with the keeper's word for each value that the contact has.")
    private static let ahead = WireFault(
        .stale, "The contact is not at the version that is named; read it again.")
}

extension Resealing {
    /// Nil where the event has other values than the row.
    fileprivate init?(_ event: ContactRelabelled, of row: ContactRecord, to label: String) {
        guard event.entity == row.entity, (event.fullName == nil) == (row.fullName == nil),
            event.attributes.map(\.attributeId) == row.attributes.map(\.id)
        else { return nil }
        func value(_ field: String, _ old: EncryptedValue, _ new: EncryptedValue) -> Value {
            Value(entity: row.entity, field: field, label: row.boundLabel, old: old, new: new)
        }
        var values = [value("email", row.email, event.email)]
        if let old = row.fullName, let new = event.fullName {
            values.append(value("fullName", old, new))
        }
        values += zip(row.attributes, event.attributes).map { old, new in
            Value(
                entity: old.id, field: "value", label: old.label, old: old.value, new: new.value)
        }
        self.init(subject: row.head.subject.data, label: label, values: values)
    }
}
