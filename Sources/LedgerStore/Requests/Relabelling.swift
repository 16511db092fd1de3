import ContactModel
import Projections

/// What a `ContactRelabelled` asks: another label for a contact. Whether its actor is a trusted subject, the permit table has said.
struct Relabelling: Sendable {
    /// What the contact bears, by the word of whoever asks.
    let from: String
    /// The entry's own.
    let to: SecurityLabel

    /// Why not; nil: it may be.
    ///
    /// - Parameter label: the contact's, which the caller may read.
    func refusal(of label: SecurityLabel, by clearance: Clearance) -> LedgerStoreError? {
        guard clearance.canRelabel(from: label, to: to) else {
            return LedgerStoreError(
                .forbidden, "The caller's clearance does not reach both labels.")
        }
        guard from == label.text else {
            return LedgerStoreError(
                .conflict, "The contact bears another label than the one to be replaced.")
        }
        guard to.raisesOrEndorses(label) else {
            return LedgerStoreError(
                .forbidden, "A contact is raised or endorsed; nothing lowers its secrecy or trust.")
        }
        return nil
    }
}
