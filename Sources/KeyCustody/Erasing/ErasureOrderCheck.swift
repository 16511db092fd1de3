import ContactModel
public import Foundation
public import LedgerFormat

/// An `ErasureOrdered` entry as the keeper is shown it.
public struct ErasureOrder: Sendable {
    public let receipt: InclusionReceipt
    public let payload: Data

    public init(receipt: InclusionReceipt, payload: Data) {
        self.receipt = receipt
        self.payload = payload
    }
}

/// What the keeper must see before it forgets anybody: an `ErasureOrdered` entry in a tree that it signed itself, and in it its own
/// ticket for that subject and actor.
struct ErasureOrderCheck: Sendable {
    private let check: ReceiptCheck
    private let ticket: ErasureTicket

    init(_ hierarchy: KeyHierarchy) {
        check = ReceiptCheck(hierarchy)
        ticket = ErasureTicket(hierarchy.ticketKey)
    }

    /// - Throws: `KeyCustodyError.invalid` saying what is missing.
    func subjects(of orders: [ErasureOrder]) throws(KeyCustodyError) -> Set<SubjectTag> {
        var subjects: Set<SubjectTag> = []
        // Orders that waited together mostly stand under one checkpoint, whose signature need be checked once.
        var checkpoints: [[UInt8]: Checkpoint] = [:]
        for order in orders { subjects.insert(try subject(of: order, &checkpoints)) }
        return subjects
    }

    private func subject(
        of order: ErasureOrder, _ checkpoints: inout [[UInt8]: Checkpoint]
    ) throws(KeyCustodyError) -> SubjectTag {
        let header: EntryHeader
        do throws(ReceiptCheck.Refusal) {
            let checkpoint: Checkpoint
            if let known = checkpoints[order.receipt.checkpoint] {
                checkpoint = known
            } else {
                checkpoint = try check.checkpoint(order.receipt.checkpoint)
                checkpoints[order.receipt.checkpoint] = checkpoint
            }
            header = try check.header(of: order.receipt, in: checkpoint)
        } catch {
            throw Self.refused(error.why)
        }
        guard header.stream.rawValue == ErasureOrdered.stream, header.type == ErasureOrdered.type,
            let subject = header.subject
        else {
            throw Self.refused("its entry is no \(ErasureOrdered.type) of a subject")
        }
        guard PayloadCommitment.hash(order.payload) == header.payloadHash,
            let event = try? EventCoding.decode(ErasureOrdered.self, from: order.payload)
        else { throw Self.refused("its payload is another") }
        guard let ticket = event.ticket,
            self.ticket.isValid(ticket, subject, actor: header.actor)
        else { throw Self.refused("it holds no ticket of this keeper for its subject and actor") }
        return subject
    }

    private static func refused(_ why: String) -> KeyCustodyError {
        KeyCustodyError(.invalid, "this is no order to erase: \(why); nothing was erased")
    }
}
