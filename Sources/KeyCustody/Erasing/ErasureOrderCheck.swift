import ContactModel
import LedgerFormat

/// What the keeper must see before it forgets anybody: an `ErasureOrdered` entry in a tree that it signed itself.
struct ErasureOrderCheck: Sendable {
    private let check: ReceiptCheck

    init(_ hierarchy: KeyHierarchy) {
        check = ReceiptCheck(hierarchy)
    }

    /// - Throws: `KeyCustodyError.invalid` saying what is missing.
    func subject(of order: InclusionReceipt) throws(KeyCustodyError) -> SubjectTag {
        let header: EntryHeader
        do throws(ReceiptCheck.Refusal) {
            header = try check.header(of: order)
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
