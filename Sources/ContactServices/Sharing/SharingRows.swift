import ContactModel
import Foundation
import ProcessBoundary

/// Sharings as the ledger has them, opened by the keeper, and on record before they are told.
struct SharingRows: Sendable {
    let ledger: any LedgerPort
    let keeper: any KeeperPort

    /// One, of a contact that the policies let the caller know of.
    ///
    /// - Throws: `not-found`.
    func sharing(
        _ key: WireReadSharingRequest.OneOf_Key, _ authorized: Authorized
    ) async throws(ServiceError) -> WireSharingRow {
        var request = WireReadSharingRequest()
        request.key = key
        let page: WireSharingPage
        do throws(ServiceError) {
            page = try await ask(request, authorized)
        } catch {
            throw error.code == .notFound ? Self.none : error
        }
        guard let row = page.rows.first, page.rows.count == 1 else {
            throw .unexpectedReply(.ledger)
        }
        guard Self.isPermitted(row, authorized) else { throw Self.none }
        return row
    }

    func page(
        _ query: SharingQuery, _ authorized: Authorized
    ) async throws(ServiceError) -> SharingPageView {
        var request = WireReadSharingRequest()
        request.below = query.cursor ?? 0
        request.limit = UInt32(clamping: query.limit)
        switch query.key {
        case .contact(let id): request.contactID = Data(id.bytes)
        case .recipient(let id): request.recipient = id.text
        }
        let page: WireSharingPage
        do throws(ServiceError) {
            page = try await ask(request, authorized)
        } catch {
            throw error.code == .notFound ? .noSuchContact : error
        }
        let rows = page.rows.filter { Self.isPermitted($0, authorized) }
        let sharings = try await views(rows, authorized)
        let subjects = page.subject.isEmpty ? Set(rows.map(\.contact.subject)) : [page.subject]
        try await auditor.disclosure(authorized, of: subjects)
        return SharingPageView(sharings: sharings, next: page.next == 0 ? nil : page.next)
    }

    func disclosed(
        _ row: WireSharingRow, _ authorized: Authorized
    ) async throws(ServiceError) -> SharingView {
        let view = try await view(row, authorized)
        try await auditor.disclosure(authorized, subject: row.contact.subject)
        return view
    }

    func view(
        _ row: WireSharingRow, _ authorized: Authorized
    ) async throws(ServiceError) -> SharingView {
        guard let view = try await views([row], authorized).first else {
            throw .unexpectedReply(.keeper)
        }
        return view
    }

    private var auditor: Auditor { Auditor(ledger: ledger) }

    private static let none = ServiceError(.notFound, "There is no sharing with this id.")

    private static func isPermitted(_ row: WireSharingRow, _ authorized: Authorized) -> Bool {
        EntityID(bytes: row.contact.contactID).map(authorized.isPermitted) ?? false
    }

    private func ask(
        _ request: WireReadSharingRequest, _ authorized: Authorized
    ) async throws(ServiceError) -> WireSharingPage {
        var request = request
        request.credential = authorized.request.credential
        return try await ledger.ask(.readSharing(request)) { result -> WireSharingPage? in
            if case .sharingPage(let page) = result { page } else { nil }
        }
    }

    private func views(
        _ rows: [WireSharingRow], _ authorized: Authorized
    ) async throws(ServiceError) -> [SharingView] {
        guard !rows.isEmpty else { return [] }
        let names = try await ValueOpener(keeper: keeper).texts(
            of: rows.map { WireSealedItem($0.recipientName, of: $0.contact.subject) }, authorized)
        let now = Timestamp.now()
        var views: [SharingView] = []
        for (row, name) in zip(rows, names) {
            guard let view = SharingView(row, name: name, at: now) else {
                throw .unexpectedReply(.ledger)
            }
            views.append(view)
        }
        return views
    }
}
