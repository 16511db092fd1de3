import AccessControl
import Foundation
import ProcessBoundary

/// Brings the keys that an issuer publishes into the file that gateway, ledger and keeper read. What cannot be used leaves the
/// file as it is; what is the same is not written.
struct KeySetRefresh {
    /// What is new in the file; nothing of a key but its id.
    struct Change: Equatable {
        let added: [String]
        let removed: [String]
        let unusable: [String]

        var text: String {
            let parts = [
                ("added", added), ("removed", removed), ("passed over", unusable),
            ].compactMap { name, list in
                list.isEmpty ? nil : "\(name) \(list.joined(separator: ", "))"
            }
            return "issuer keys written: "
                + (parts.isEmpty ? "the same key ids" : parts.joined(separator: "; "))
        }
    }

    let client: KeySetClient
    /// The JWKS file.
    let path: String
    /// Nil: fetched once.
    private let every: Duration?
    /// Of the last answer, and the file that came of it: another in its place is not what the server would say is unchanged.
    private var last: (tag: String, file: FileVersion)?

    init(client: KeySetClient, path: String, every: Duration? = nil) {
        self.client = client
        self.path = path
        self.every = every
    }

    /// - Returns: nil where the file holds already what is published.
    /// - Throws: `unreachable`, `refused`, `inputOutput`; the file is as it was.
    mutating func run() async throws(OperatorError) -> Change? {
        let known = last.flatMap { FileVersion(path) == $0.file ? $0.tag : nil }
        guard case .bytes(let bytes, let tag) = try await client.fetch(unless: known) else {
            try note()
            return nil
        }
        let change = try take(bytes)
        try note()
        last = tag.flatMap { tag in FileVersion(path).map { (tag, $0) } }
        return change
    }

    /// After the key set: of one that is older it would say that it is fresh.
    private func note() throws(OperatorError) {
        let written: Data
        do {
            let fetch = KeySetFetch(
                of: try SystemFile.read(path, limit: KeySet.maxBytes), at: Date(), every: every)
            written = try JSONEncoder().encode(fetch)
        } catch {
            throw OperatorError(
                .inputOutput, "Cannot note when \(path) was fetched: \(error)", next: "Try again.")
        }
        try Files.write(written, to: KeySetFetch.path(of: path), mode: 0o644)
    }

    private func take(_ bytes: [UInt8]) throws(OperatorError) -> Change? {
        let keys: KeySet
        do throws(KeySetError) {
            keys = try KeySet(Data(bytes))
        } catch {
            throw OperatorError(
                .refused, "What \(client.url) publishes cannot be used: \(error.message).",
                next: "The keys from before stay in force; tell whoever runs the issuer.")
        }
        let old = try? SystemFile.read(path, limit: KeySet.maxBytes)
        guard old != bytes else { return nil }
        try PKIDirectoryLock.during(path) { () throws(OperatorError) in
            try Files.write(bytes, to: path, mode: 0o644)
        }
        let before = old.flatMap { try? KeySet(Data($0)) }?.keyIDs ?? []
        return Change(
            added: keys.keyIDs.subtracting(before).sorted().map(Self.shown),
            removed: before.subtracting(keys.keyIDs).sorted().map(Self.shown),
            unusable: keys.unusable)
    }

    /// A key id is whatever the issuer likes, and this is for a terminal.
    private static func shown(_ keyID: String) -> String {
        String(
            keyID.unicodeScalars.prefix(128).map {
                (0x21...0x7E).contains($0.value) ? Character($0) : "?"
            })
    }
}
