import Crypto
import Foundation
import GRDB
import LedgerFormat

/// Knows addresses of people who were erased when they come again, and no other address: a keyed hash of each, beside the tag of whom it was.
///
/// A row is written before the erasure is ordered, while the address can still be read, and counts from the moment that its subject has no key any
/// more; so an erasure that is not carried out suppresses nobody. The key is used for nothing else and asked about whole addresses only: what is
/// here is found by whoever brings the address, and by nobody else.
public struct SuppressionList: Sendable {
    private let keystore: Keystore
    private let hierarchy: KeyHierarchy
    private let cipher: FieldCipher

    init(keystore: Keystore, hierarchy: KeyHierarchy, cipher: FieldCipher) {
        self.keystore = keystore
        self.hierarchy = hierarchy
        self.cipher = cipher
    }

    /// Durable when it returns. An address that does not open is left out: nothing that is damaged keeps anybody from being forgotten.
    ///
    /// - Parameter email: of the contact that is about to be erased.
    /// - Throws: `KeyCustodyError.invalid` for another field; `.unavailable`.
    public func remember(_ email: BoundValue) async throws(KeyCustodyError) {
        guard email.binding.field == "email" else {
            throw KeyCustodyError(.invalid, "what is suppressed is an email")
        }
        guard case .plaintext(let canonical)? = try await cipher.decrypt([email]).first else {
            return
        }
        let row = SuppressedRow(code: code(of: canonical), tag: email.binding.subject)
        let seal = hierarchy.seal
        try await keystore.commit { db in try row.insert(db, seal) }
    }

    /// Whether somebody who was erased had the address; one answer for each, in order.
    ///
    /// - Parameter emails: canonical forms.
    /// - Throws: `KeyCustodyError.invalid` over a limit; `.unavailable`; `.corrupt` for a row that was altered.
    public func isSuppressed(_ emails: [[UInt8]]) async throws(KeyCustodyError) -> [Bool] {
        guard emails.count <= CustodyLimits.maxItems else {
            throw KeyCustodyError(
                .invalid, "\(emails.count) addresses; send at most \(CustodyLimits.maxItems)")
        }
        for email in emails where !(1...CustodyLimits.maxIndexInput).contains(email.count) {
            throw KeyCustodyError(
                .invalid, "an address has 1 to \(CustodyLimits.maxIndexInput) bytes")
        }
        guard !emails.isEmpty else { return [] }
        let (codes, seal) = (emails.map(code), hierarchy.seal)
        return try await keystore.read { db in
            try codes.map { code in
                try SuppressedRow.all(code, db, seal)
                    .contains { try SubjectRow.find($0.tag, db) == nil }
            }
        }
    }

    private func code(of canonical: [UInt8]) -> Data {
        Data(
            HMAC<SHA256>.authenticationCode(
                for: canonical, using: hierarchy.suppressionKey.transientKey()))
    }
}
