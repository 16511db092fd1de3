public import ContactModel
public import Foundation
import LedgerFormat
public import Projections

// 0  the keeper       gives its ticket for whoever may, and has signed for this contact
// 1  ErasureOrdered   durable, signed, projected: the contact is gone for every reader; behind it who is to be told
// 2  the keeper       checks the order's receipt, destroys the key, moves the TPM's epoch
// 3  SubjectErased    says so
//
// A crash between them is completed: orders without their SubjectErased stand in the projections.

extension Ledger {
    /// Forgets a contact for good. One that the actor is not cleared for is not there.
    ///
    /// - Parameter expectedVersion: `ContactHead.version` that the decision was made on; nil: whatever it is.
    /// - Throws: `LedgerStoreError.notFound`; `stale`; `legalHold`; what `append` throws. Once it returns the order is durable, even where the
    ///   keeper could not carry it out yet.
    public func erase(
        contact id: ContactID, actor: LedgerActor, requestID: String,
        expectedVersion: UInt64? = nil, authorize: ErasureAuthorization
    ) async throws(LedgerStoreError) -> ErasureResult {
        let missing = LedgerStoreError(.notFound, "There is no such contact.")
        guard let contact = try contact(id: id), contact.head.isErasable(by: actor.clearance)
        else { throw missing }
        let head = contact.head
        // Asked again where it is decided; here so that no ticket is given in vain.
        if let expectedVersion, expectedVersion != head.version { throw .stale(head) }
        if try isHeld(head.subject) { throw .held }
        let order = ErasureOrdered(
            requestId: requestID, salt: Salt.random(),
            ticket: try await authorize(try shown(contact)))
        let entry = EntryDraft(
            stream: .dsr, type: ErasureOrdered.type,
            label: Self.label(of: head, by: actor.clearance),
            payload: EventCoding.encode(order))
        let audit = AuditDraft(
            category: .dataMutation, action: "contact.erase", resourceType: "contact",
            subject: head.subject, requestID: requestID)
        let result = try await append(
            AppendRequest(
                actor: actor,
                mutations: [
                    MutationDraft(
                        entries: [entry], subject: head.subject, expectedVersion: expectedVersion)
                ], audit: audit))
        switch result.mutations.first {
        case .receipt(let receipt):
            let completion = await completion(
                of: projections.base + receipt.index, head.subject)
            return ErasureResult(
                id: try orderID(at: receipt.index), ordered: receipt.index, completion: completion)
        case .refused(let error): throw error
        case nil: throw missing
        }
    }

    private func shown(
        _ contact: ContactRecord
    ) throws(LedgerStoreError) -> ErasedContact {
        ErasedContact(
            id: try identity(of: contact),
            email: ReindexItem(
                subject: contact.head.subject, entity: contact.entity, field: "email",
                label: contact.boundLabel, value: contact.email))
    }

    private func isHeld(_ subject: SubjectTag) throws(LedgerStoreError) -> Bool {
        guard let now = configuration.clock.now().timestamp else { return false }
        return try reading { try $0.holds(of: subject) }.contains { $0.isInForce(at: now) }
    }

    private func orderID(at index: UInt64) throws(LedgerStoreError) -> EntityID {
        let header = try? EntryHeader(canonical: entry(at: index).header)
        guard let id = header.flatMap({ try? EntityID($0.id) }) else {
            throw LedgerStoreError(.damaged, "Entry \(index) does not read.")
        }
        return id
    }

    /// The sealed id of a contact, out of the entry that created it, whose label it keeps whatever the contact's becomes.
    private func identity(of contact: ContactRecord) throws(LedgerStoreError) -> ReindexItem {
        guard let place = library.entry(atPosition: contact.created),
            case let entry = try entry(at: place.index, of: place.generation),
            let event = try? EventCoding.decode(ContactCreated.self, from: entry.payload),
            let header = try? EntryHeader(canonical: entry.header)
        else {
            throw LedgerStoreError(
                .damaged, "Entry \(contact.created) does not create the contact.")
        }
        return ReindexItem(
            subject: contact.head.subject, entity: event.entity, field: "contactId",
            label: header.label, value: event.contactId)
    }

    /// Not below the session that orders it.
    private static func label(of head: ContactHead, by clearance: Clearance) -> String {
        let text = (try? SecurityLabel(head.label))?.join(clearance.low).text
        guard let text, text.utf8.count <= ModelLimits.labelBytes else {
            return clearance.auditLabelText
        }
        return text
    }

    /// Orders that nobody carries out: of an earlier life, or of a commit that failed and was found on the disk later.
    func carryOutWhatWasOrdered() throws {
        let open = try projections.read { reader in try reader.openErasures() }
        let orders = open.map { ErasureQueue.Order(position: $0.ordered, subject: $0.subject) }
        guard !orders.isEmpty else { return }
        configuration.logger.notice("\(orders.count) erasures wait to be completed")
        carryOut(orders)
    }

    /// - Returns: nil when it takes longer than anybody should wait; then it goes on all the same.
    private func completion(
        of position: UInt64, _ subject: SubjectTag
    ) async -> ErasureResult.Completion? {
        let patience = Task { [limits = configuration.limits] in
            try? await Task.sleep(for: limits.erasurePatience)
            answer(position, nil)
        }
        defer { patience.cancel() }
        return await withCheckedContinuation { reply in
            carryOut([.init(position: position, subject: subject)], reply)
        }
    }

    /// Begins with these, in the background and until it is done.
    private func carryOut(_ orders: [ErasureQueue.Order], _ reply: ErasureQueue.Reply? = nil) {
        let isStopped = erasures.withLock { queue in
            if queue.isStopped { return true }
            queue.orders += orders.filter { !queue.knows($0.position) }
            if let reply, let position = orders.first?.position {
                queue.replies[position] = reply
            }
            if queue.task == nil { queue.task = Task { await carryOutAll() } }
            return false
        }
        if isStopped { reply?.resume(returning: nil) }
    }

    private func answer(_ position: UInt64, _ completion: ErasureResult.Completion?) {
        erasures.withLock { $0.replies.removeValue(forKey: position) }?
            .resume(returning: completion)
    }

    /// What waits together goes together; whoever comes meanwhile is in the next step.
    private func carryOutAll() async {
        while let orders = nextErasures() {
            do {
                let completions = try await forget(orders)
                erasures.withLock { queue in
                    queue.current = []
                    queue.refused.subtract(orders.map(\.position))
                }
                for (order, completion) in zip(orders, completions) {
                    answer(order.position, completion)
                }
            } catch {
                await retry(orders, after: error)
            }
        }
    }

    /// What the keeper does not take for an order is asked again apart, so that it keeps nobody else waiting; by itself it is left
    /// to a person, and to the next start.
    private func retry(_ orders: [ErasureQueue.Order], after error: any Error) async {
        let isRefused = (error as? LedgerStoreError)?.code == .invalid
        for order in orders { answer(order.position, nil) }
        if isRefused, orders.count == 1, let order = orders.first {
            configuration.logger.error(
                "the keeper does not follow the order to erase at position \(order.position): \(error)"
            )
            erasures.withLock { queue in
                queue.current = []
                queue.refused.insert(order.position)
            }
            return
        }
        configuration.logger.notice("\(orders.count) erasures wait: \(error)")
        erasures.withLock { queue in
            if isRefused { queue.apart = queue.current.count }
            queue.orders = queue.current + queue.orders
            queue.current = []
        }
        if !isRefused { try? await Task.sleep(for: configuration.limits.sealRetryInterval) }
    }

    private func nextErasures() -> [ErasureQueue.Order]? {
        let limit = configuration.limits.erasuresAtOnce
        let (next, unanswered) = erasures.withLock { queue in
            guard !queue.isStopped, !queue.orders.isEmpty else {
                let replies = queue.replies
                queue = ErasureQueue(refused: queue.refused, isStopped: queue.isStopped)
                return ([ErasureQueue.Order]?.none, replies)
            }
            queue.current = Array(queue.orders.prefix(queue.apart > 0 ? 1 : limit))
            queue.apart = max(0, queue.apart - 1)
            queue.orders.removeFirst(queue.current.count)
            return (queue.current, [:])
        }
        for reply in unanswered.values { reply.resume(returning: nil) }
        return next
    }

    private func forget(
        _ orders: [ErasureQueue.Order]
    ) async throws -> [ErasureResult.Completion?] {
        let places = try orders.map { order in
            guard let place = library.entry(atPosition: order.position) else {
                throw SegmentContents.damaged("Entry \(order.position) is missing")
            }
            return place
        }
        let shown = try places.map { place in
            ErasureOrder(
                receipt: try receipt(index: place.index, of: place.generation),
                payload: try entry(at: place.index, of: place.generation).payload)
        }
        let epochs = try await forgetter.forget(shown)
        let entries = zip(orders, places).map { order, place in
            SystemEntry.subjectErased(
                order.subject, ordered: place.index,
                generation: place.generation == identity.generation ? nil : place.generation,
                epochs)
        }
        let result = try await append(entries)
        await emptyProjectionLog()
        // The entries stand at the end of their append, one after the other; but for those that were said before.
        let first = result.auditIndex + 1 - UInt64(entries.count)
        return orders.enumerated().map { position, order in
            let index = first + UInt64(position)
            guard let bytes = try? entry(at: index).header,
                let header = try? EntryHeader(canonical: bytes),
                header.type == SubjectErased.type, header.subject == order.subject
            else { return nil }
            return ErasureResult.Completion(index: index, epochs: epochs)
        }
    }

    /// Readers are brief; what they leave this time goes with the next erasure, or the store's close.
    private func emptyProjectionLog() async {
        for _ in 0..<10 {
            if await projections.truncateLog() { return }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    /// The step that is running ends; what it does not complete is the next start's.
    func stopErasing() async {
        let task = erasures.withLock { queue in
            queue.isStopped = true
            return queue.task
        }
        task?.cancel()
        await task?.value
    }
}
