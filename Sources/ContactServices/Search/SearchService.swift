import ContactModel
import Foundation
import ProcessBoundary

/// Contacts by words of their names, and by what else is known of them. The ledger finds them by two bytes of a keyed hash for each
/// word, and with them others; which ones have the words shows here, where names are read.
public struct SearchService: Sendable {
    private let ledger: any LedgerPort
    private let keeper: any KeeperPort
    private let contacts: ContactService
    private let auditor: Auditor

    public init(ledger: any LedgerPort, keeper: any KeeperPort) {
        self.ledger = ledger
        self.keeper = keeper
        contacts = ContactService(ledger: ledger, keeper: keeper)
        auditor = Auditor(ledger: ledger)
    }

    /// Disclosed after the audit entry that names each contact that is shown is durable. A contact that the caller may not see, by label, policy or purpose, is not found.
    public func page(
        _ validated: Validated<ContactSearch>
    ) async throws(ServiceError) -> SearchView {
        let (search, authorized) = (validated.command, validated.authorized)
        var request = WireSearchRequest(search)
        request.credential = authorized.request.credential
        request.nameWords = try await index(of: search.words, authorized)
        let page = try await ledger.ask(.searchContacts(request)) { result -> WireSearchPage? in
            if case .found(let page) = result { page } else { nil }
        }
        let wanted = Set(search.words)
        let views = try await contacts.views(of: page.rows, authorized).filter { view in
            wanted.isSubset(of: NameWords.words(of: view.fullName ?? ""))
        }
        let shown = Set(views.map { Data($0.id.bytes) })
        try await auditor.disclosure(
            authorized,
            of: Set(page.rows.map(\.head).filter { shown.contains($0.contactID) }.map(\.subject)))
        return SearchView(contacts: views, next: page.next == 0 ? nil : page.next)
    }

    private func index(
        of words: [String], _ authorized: Authorized
    ) async throws(ServiceError) -> Data {
        guard !words.isEmpty else { return Data() }
        var request = WireDeriveRequest()
        request.credential = authorized.request.credential
        request.indexInputs = words.map { word in
            .with {
                $0.field = "nameWord"
                $0.canonical = Data(word.utf8)
            }
        }
        let response = try await keeper.ask(.derive(request)) { result -> WireDeriveResponse? in
            if case .derive(let response) = result { response } else { nil }
        }
        guard response.indexValues.count == words.count,
            response.indexValues.allSatisfy({ $0.count == 2 })
        else { throw .unexpectedReply(.keeper) }
        return response.indexValues.reduce(into: Data()) { $0 += $1 }
    }
}

extension WireSearchRequest {
    fileprivate init(_ search: ContactSearch) {
        self.init()
        purpose = search.purpose?.text ?? ""
        source = search.source ?? ""
        from = search.from?.text ?? ""
        until = search.until?.text ?? ""
        below = search.cursor ?? 0
        limit = UInt32(clamping: search.limit)
    }
}
