import Foundation
import ProcessBoundary

/// Steps that a backup and a restore share.
enum Backup {
    /// chancery-verify's: everything holds, or all but what nobody has signed yet.
    private static let verified: Set<Int32> = [0, 3]

    /// What chancery-verify says of a copied ledger.
    struct Verified: Decodable {
        struct Ledger: Decodable {
            struct Report: Decodable {
                let treeSize: UInt64
                let signedSize: UInt64
            }

            let report: Report
        }

        struct Failure: Decodable {
            let reason: String
            let file: String?
            let segment: UInt64?
            let index: UInt64?
        }

        let ledgers: [Ledger]
        let failure: Failure?

        /// Entries, and how many of them a checkpoint covers.
        var sizes: Ledger.Report? { ledgers.first?.report }

        var problem: String? {
            failure.map { failure in
                let place = [
                    failure.file, failure.segment.map { "segment \($0)" },
                    failure.index.map { "index \($0)" },
                ].compactMap(\.self)
                return (place + [failure.reason]).joined(separator: ", ")
            }
        }
    }

    /// Copies the files of a backup into an unfinished directory, and verifies the ledger among them.
    static func copy(
        _ source: String, to partial: String, _ console: Console
    ) throws(OperatorError) {
        let manifest = try BackupManifest.read(source)
        console.note("copying the backup of \(manifest.made)")
        try manifest.copy(from: source, to: partial)
        try verify(try Binaries(), partial, console)
    }

    @discardableResult
    static func verify(
        _ binaries: Binaries, _ directory: String, _ console: Console
    ) throws(OperatorError) -> Verified? {
        console.note("verifying the copy")
        let log = directory + "/verify.log"
        let status = try Foreground.run(
            try binaries.sibling("chancery-verify"),
            [directory + "/ledger", "--trust", directory + "/trust.json", "--json"], output: log)
        let document = try? JSONDecoder().decode(
            Verified.self, from: Data(try Files.readText(log).utf8))
        guard verified.contains(status) else {
            throw OperatorError(
                .refused,
                "The copied ledger does not verify: \(document?.problem ?? LogTail.read(log, lines: 8))",
                next: "Run `chancery-verify` on the data directory, or use another backup.")
        }
        unlink(log)
        return document
    }
}
