import ContactModel
import LedgerFormat

/// What the keeper must see before it forgets anybody: an `ErasureOrdered` entry in a tree that it signed itself.
struct ErasureOrderCheck: Sendable {
    private let check: ReceiptCheck

    init(_ hierarchy: KeyHierarchy) {
        check = ReceiptCheck(hierarchy)
    }

    /// - Throws: `KeyCustodyError.invalid` saying what is missing.
    func subjects(of orders: [InclusionReceipt]) throws(KeyCustodyError) -> Set<SubjectTag> {
        var subjects: Set<SubjectTag> = []
        // Orders that waited together mostly stand under one checkpoint, whose signature need be checked once.
        var checkpoints: [[UInt8]: Checkpoint] = [:]
        for order in orders { subjects.insert(try subject(of: order, &checkpoints)) }
        return subjects
    }

    private func subject(
        of order: InclusionReceipt, _ checkpoints: inout [[UInt8]: Checkpoint]
    ) throws(KeyCustodyError) -> SubjectTag {
        let header: EntryHeader
        do throws(ReceiptCheck.Refusal) {
            let checkpoint: Checkpoint
            if let known = checkpoints[order.checkpoint] {
                checkpoint = known
            } else {
                checkpoint = try check.checkpoint(order.checkpoint)
                checkpoints[order.checkpoint] = checkpoint
            }
            header = try check.header(of: order, in: checkpoint)
        } catch {
            throw Self.refused(error.why)
        }
        guard header.stream.rawValue == ErasureOrdered.stream, header.type == ErasureOrdered.type,
            let subject = header.subject
        else {
            throw Self.refused("its entry is no \(ErasureOrdered.type) of a subject")
        }
        return subject
    }

    private static func refused(_ why: String) -> KeyCustodyError {
        KeyCustodyError(.invalid, "this is no order to erase: \(why); nothing was erased")
    }
}
