import ContactModel
import Foundation
import GRDB
public import LedgerFormat

/// Signs what became of an erasure with KEK-API (FORMAT 9.14). The keeper's own are its ticket in the order, that it destroyed the
/// subject's key, and what it says of escrow. The rest is read out of entries in trees which it signed: the ledger's word, since the
/// keeper signs leaves without reading them.
public struct ErasureCertifier: Sendable {
    private let keystore: Keystore
    private let hierarchy: KeyHierarchy
    private let clock: KeeperClock
    private let signer: ReceiptSigner

    init(
        keystore: Keystore, hierarchy: KeyHierarchy, clock: KeeperClock, signer: ReceiptSigner
    ) {
        self.keystore = keystore
        self.hierarchy = hierarchy
        self.clock = clock
        self.signer = signer
    }

    /// - Parameter entries: of one subject, from its answers in part to the `SubjectErased`.
    /// - Returns: the document.
    /// - Throws: `KeyCustodyError.invalid` for entries that do not prove an erasure which this keeper did; `.unavailable` when the
    ///   TPM does not sign.
    public func certify(
        _ entries: [SubjectEvidence.Entry]
    ) async throws(KeyCustodyError) -> [UInt8] {
        guard let origin = LedgerOrigin(hierarchy.logKey.name) else {
            throw KeyCustodyError(.corrupt, "the log's name is none")
        }
        let statement: ErasureStatement
        do throws(ErasureCertificateError) {
            statement = try ErasureStatement(entries)
        } catch {
            throw Self.refused(error.message)
        }
        try check(entries)
        try checkTicket(of: entries)
        let escrow = try await horizon(of: statement, origin.generation)
        do {
            let certificate = try ErasureCertificate(
                entries: entries, escrow: escrow, origin: origin,
                issuedAt: LedgerTime(clampingSeconds: clock.now(), nanoseconds: 0))
            let signature = try await signer.sign(certificate.body(), of: .erasure)
            return try certificate.bytes(signature: signature)
        } catch let error as KeyCustodyError {
            throw error
        } catch {
            throw Self.refused("it is too large")
        }
    }

    private func check(_ entries: [SubjectEvidence.Entry]) throws(KeyCustodyError) {
        let check = ReceiptCheck(hierarchy)
        var checkpoints: [[UInt8]: Checkpoint] = [:]
        for entry in entries {
            guard let receipt = try? InclusionReceipt(parsing: entry.receipt),
                receipt.bytes == Array(entry.receipt), receipt.extra == Array(entry.header)
            else { throw Self.refused("an entry has no receipt of its own") }
            do throws(ReceiptCheck.Refusal) {
                let checkpoint: Checkpoint
                if let known = checkpoints[receipt.checkpoint] {
                    checkpoint = known
                } else {
                    checkpoint = try check.checkpoint(receipt.checkpoint)
                    checkpoints[receipt.checkpoint] = checkpoint
                }
                _ = try check.header(of: receipt, in: checkpoint)
            } catch {
                throw Self.refused(error.why)
            }
        }
    }

    /// Whoever wrote the order: the ledger could not have made it alone.
    private func checkTicket(of entries: [SubjectEvidence.Entry]) throws(KeyCustodyError) {
        let orders = entries.compactMap { entry -> ErasureOrder? in
            guard let header = try? EntryHeader(canonical: entry.header),
                header.type == ErasureOrdered.type
            else { return nil }
            return (try? InclusionReceipt(parsing: entry.receipt)).map {
                ErasureOrder(receipt: $0, payload: entry.payload)
            }
        }
        do throws(KeyCustodyError) {
            _ = try ErasureOrderCheck(hierarchy).subjects(of: orders)
        } catch {
            throw Self.refused("its order holds no ticket of this keeper")
        }
    }

    /// That the subject's key was destroyed here, that no epoch is told of which has not come, and what escrow is left.
    private func horizon(
        of statement: ErasureStatement, _ generation: UInt64
    ) async throws(KeyCustodyError) -> EscrowHorizon? {
        let seal = hierarchy.seal
        let (isErased, isThere, epoch, escrow) = try await keystore.read { db in
            (
                try SubjectRow.isErased(statement.subject, db),
                try SubjectRow.find(statement.subject, db) != nil,
                try CounterRecord.of(.epoch, db, seal).intended,
                try EscrowIssue.horizon(of: statement, generation, db)
            )
        }
        guard !isThere else { throw Self.refused("its subject has a key") }
        guard isErased else { throw Self.refused("this keeper destroyed no key of its subject") }
        // Another generation may have had another TPM.
        guard statement.generation != generation || statement.epochAfter <= epoch else {
            throw Self.refused("the erasure epoch is \(epoch), not \(statement.epochAfter)")
        }
        return escrow
    }

    private static func refused(_ why: String) -> KeyCustodyError {
        KeyCustodyError(.invalid, "this is no erasure to certify: \(why); nothing was signed")
    }
}

extension EscrowIssue {
    /// Nil: this keystore knows of none.
    fileprivate static func horizon(
        of statement: ErasureStatement, _ generation: UInt64, _ db: Database
    ) throws -> EscrowHorizon? {
        let all = try EscrowIssue.all(db)
        guard !all.isEmpty else { return nil }
        let before = all.filter { issue in
            issue.isFromBefore(
                epochAfter: statement.epochAfter,
                erased: statement.erasedAt.microsecondsSince1970 / 1_000_000,
                in: statement.generation, now: generation)
        }
        let remaining = before.filter { $0.destroyed == nil }.map { issue in
            EscrowHorizon.Remaining(epoch: issue.epoch, issuedAt: time(issue.issued))
        }
        let destroyed = before.compactMap(\.destroyed)
        return EscrowHorizon(
            remaining: remaining, destroyed: UInt64(destroyed.count),
            lastDestroyedAt: destroyed.max().map(time))
    }

    /// Whether it may open what an erasure destroyed. Epochs are one TPM's, and begin anew under another one, which only a later
    /// generation can have: there the moment counts, too, and an escrow of the same second as older. That says too much, never too little.
    ///
    /// - Parameters:
    ///   - erased: seconds since 1970.
    ///   - generation: of the erasure.
    ///   - current: generation of this keystore.
    func isFromBefore(
        epochAfter: UInt64, erased: Int64, in generation: UInt64, now current: UInt64
    ) -> Bool {
        let isOlder = issued <= erased
        guard generation == current else { return isOlder }
        return epoch < epochAfter || (generation > 1 && isOlder)
    }

    private static func time(_ seconds: Int64) -> LedgerTime {
        LedgerTime(clampingSeconds: seconds, nanoseconds: 0)
    }
}
