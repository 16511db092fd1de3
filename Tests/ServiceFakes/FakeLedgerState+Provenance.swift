import ContactModel
import Foundation
import LedgerFormat
import ProcessBoundary

extension FakeLedgerState {
    func page(_ request: WireReadSourceRequest) -> WireSourcePage {
        var found: [(position: UInt64, row: WireSourceRow)] = []
        let below = request.below == 0 ? .max : request.below
        for (id, entries) in entries {
            for entry in entries where entry.position < below {
                guard
                    let event = try? EventCoding.decode(
                        ProvenanceRecorded.self, from: entry.payload),
                    event.sourceIdentity == request.source
                else { continue }
                found.append(
                    (
                        entry.position,
                        .with {
                            $0.contact = rows[id]?.head ?? WireContactHead()
                            $0.generation = entry.generation
                            $0.header = entry.header
                            $0.payload = entry.payload
                        }
                    ))
            }
        }
        found.sort { $0.position > $1.position }
        var page = WireSourcePage()
        page.rows = found.prefix(Int(request.limit)).map(\.row)
        if found.count > page.rows.count { page.next = found[page.rows.count - 1].position }
        return page
    }

    /// Nil: there is no such contact. Of seals it knows nothing.
    func page(_ request: WireProveSubjectRequest) -> WireSubjectPage? {
        guard let row = rows[request.contactID], let all = entries[request.contactID] else {
            return nil
        }
        var page = WireSubjectPage()
        page.head = row.head
        let rest = all.filter { $0.position >= request.from }
        page.entries = rest.prefix(Int(request.limit)).map { entry in
            .with {
                $0.header = entry.header
                $0.payload = entry.payload
                $0.receipt = Data("receipt".utf8)
            }
        }
        if rest.count > page.entries.count { page.next = rest[page.entries.count].position }
        return page
    }
}

extension WireHistoryRow {
    func isOf(_ stream: String) -> Bool {
        (try? EntryHeader(canonical: header))?.stream.rawValue == stream
    }
}
