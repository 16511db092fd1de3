import Foundation

/// What the development client CA has revoked, from which its list is signed anew: one JSON file.
struct RevokedCertificates {
    private let path: String
    private var file: File

    private struct File: Codable {
        var revoked: [Revoked] = []
        /// Of the list signed last: when it ends, and the serial number of the CA.
        var listEnds: Date?
        var authority: String?
    }

    private struct Revoked: Codable {
        let serial: Data
        let date: Date
    }

    /// - Throws: `inputOutput` for a file that cannot be read: revoked certificates must not count again.
    init(path: String) throws(OperatorError) {
        self.path = path
        guard Files.exists(path) else {
            file = File()
            return
        }
        let text = try Files.readText(path)
        do {
            file = try JSONDecoder().decode(File.self, from: Data(text.utf8))
        } catch {
            throw OperatorError(
                .inputOutput,
                "\(path) is damaged: which client certificates are revoked is not known.",
                next:
                    "Put it back from a copy, or delete it with \(path.dropLast("client-revoked.json".count))client-ca.* and run `chancery up`."
            )
        }
    }

    var entries: [RevocationList.Entry] {
        file.revoked.map { RevocationList.Entry(serial: Array($0.serial), date: $0.date) }
    }

    mutating func add(_ serial: [UInt8], at date: Date) throws(OperatorError) {
        guard !entries.contains(where: { $0.serial == serial }) else { return }
        file.revoked.append(Revoked(serial: Data(serial), date: date))
        // A list that was not signed for it yet is signed at the next `up`.
        file.listEnds = nil
        try write()
    }

    func published(until end: Date, key: String) throws(OperatorError) {
        var copy = self
        copy.file.listEnds = end
        copy.file.authority = key
        try copy.write()
    }

    /// Whether the list that was signed last has all of them, under this CA, and counts until then.
    func isPublished(until date: Date, key: String) -> Bool {
        file.authority == key && file.listEnds.map { $0 > date } ?? false
    }

    private func write() throws(OperatorError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let bytes: Data
        do {
            bytes = try encoder.encode(file)
        } catch {
            throw OperatorError(
                .inputOutput, "Cannot write \(path): \(error)", next: "This should not happen.")
        }
        try Files.write(bytes, to: path)
    }
}
