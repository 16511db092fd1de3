import CSodium
import LedgerFormat

/// The keeper's own word that somebody who may, and who signed for it, had a person forgotten (FORMAT 9.4). It stands in the order, and
/// without it no order is carried out, whoever wrote it into the ledger.
///
/// It does not expire: for the person it names it can only be used again when nothing of them is left.
struct ErasureTicket: Sendable {
    private let key: LogKey

    init(_ key: LogKey) { self.key = key }

    static let size = 64

    /// - Parameter actor: of the entry that it will stand in.
    func sign(_ subject: SubjectTag, actor: String) -> [UInt8] {
        key.sign(Self.message(subject, actor))
    }

    func isValid(_ ticket: some Collection<UInt8>, _ subject: SubjectTag, actor: String) -> Bool {
        guard ticket.count == Self.size else { return false }
        let message = Self.message(subject, actor)
        return crypto_sign_verify_detached(
            Array(ticket), message, UInt64(message.count), key.publicKey) == 0
    }

    private static func message(_ subject: SubjectTag, _ actor: String) -> [UInt8] {
        Array("chancery/erasure/v1\n\(subject.hex)\n\(actor)\n".utf8)
    }
}
