import Foundation
import GRDB
public import LedgerFormat

/// Signs what became of an erasure with KEK-API (FORMAT 9.14). Nothing in it is taken on trust: it is read out of entries that stand in
/// trees which this keeper signed, and what no entry says comes out of its own keystore.
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

    /// That the subject has no key here, that no epoch is told of which has not come, and what escrow is left.
    private func horizon(
        of statement: ErasureStatement, _ generation: UInt64
    ) async throws(KeyCustodyError) -> EscrowHorizon? {
        let seal = hierarchy.seal
        let (isThere, epoch, escrow) = try await keystore.read { db in
            (
                try SubjectRow.find(statement.subject, db) != nil,
                try CounterRecord.of(.epoch, db, seal).intended,
                try EscrowIssue.horizon(of: statement, generation, db)
            )
        }
        guard !isThere else { throw Self.refused("its subject has a key") }
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
    /// Nil: none was ever made.
    fileprivate static func horizon(
        of statement: ErasureStatement, _ generation: UInt64, _ db: Database
    ) throws -> EscrowHorizon? {
        let all = try EscrowIssue.all(db)
        guard !all.isEmpty else { return nil }
        let before = all.filter { issue in
            // Epochs are one TPM's; where that may be another, the moment tells, and an escrow of the same second counts as older.
            statement.generation == generation
                ? issue.epoch < statement.epochAfter
                : issue.issued <= statement.erasedAt.microsecondsSince1970 / 1_000_000
        }
        let remaining = before.filter { $0.destroyed == nil }.map { issue in
            EscrowHorizon.Remaining(epoch: issue.epoch, issuedAt: time(issue.issued))
        }
        let destroyed = before.compactMap(\.destroyed)
        return EscrowHorizon(
            remaining: remaining, destroyed: UInt64(destroyed.count),
            lastDestroyedAt: destroyed.max().map(time))
    }

    private static func time(_ seconds: Int64) -> LedgerTime {
        LedgerTime(clampingSeconds: seconds, nanoseconds: 0)
    }
}
