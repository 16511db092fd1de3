import AccessControl
import ContactModel
import Foundation
import ProcessBoundary
import Synchronization

/// Holds the first entry of each new contact against the keeper's word.
final class Introductions: Sendable {
    private let keeper: KeeperPort
    private let key = Mutex<Data?>(nil)

    init(keeper: KeeperPort) { self.keeper = keeper }

    /// - Throws: `INVALID` for a new contact whose sealed id and address the keeper does not know as those named in clear;
    ///   `UNAVAILABLE` while the keeper is away, or where another start of it than the last may have given its word.
    func check(_ request: WireAppendRequest) async throws(WireFault) {
        for mutation in request.mutations where mutation.createsSubject {
            guard let introduction = Introduction(mutation) else { throw Self.unknown }
            let known = try await currentKey()
            if introduction.isAttested(by: mutation.introduction, under: known) { continue }
            let fresh = try await askedKey()
            if fresh == known { throw Self.unknown }
            guard introduction.isAttested(by: mutation.introduction, under: fresh) else {
                throw WireFault(
                    .unavailable, "The keeper was started anew; send it again.",
                    retryAfterMilliseconds: 1_000)
            }
        }
    }

    private func currentKey() async throws(WireFault) -> Data {
        if let known = key.withLock({ $0 }) { return known }
        return try await askedKey()
    }

    private func askedKey() async throws(WireFault) -> Data {
        let fresh = try await keeper.introductionKey()
        guard fresh.count == Introduction.keyBytes else {
            throw WireFault(.unavailable, "The keeper's reply cannot be read.")
        }
        key.withLock { $0 = fresh }
        return fresh
    }

    private static let unknown = WireFault(
        .invalid, "Refused: a new contact comes with the keeper's word for its id and address.")
}

extension Introduction {
    /// Nil for what is no new contact's mutation; the store says why.
    fileprivate init?(_ mutation: WireMutation) {
        guard let first = mutation.entries.first, first.type == ContactCreated.type,
            let event = try? EventCoding.decode(ContactCreated.self, from: first.payload),
            let email = mutation.unique.first, mutation.unique.count == 1, email.index == "email"
        else { return nil }
        self.init(
            subject: mutation.subject, contactID: mutation.contactID, email: email.value,
            entity: event.entity, label: first.label, sealedContactID: event.contactId,
            sealedEmail: event.email)
    }
}
