import Foundation
import Synchronization

/// Whom the clients of each fixture have told its gateway of: the first of them, which is enough to notice a log that names people.
/// Each fixture has its own, so that none that comes late goes without.
enum SentPeople {
    private static let mostOfFixture = 500
    private static let longestBody = 1 << 16
    private static let texts = Mutex<[String: Set<String>]>([:])

    /// - Parameters:
    ///   - body: of a request: a contact, or lines that each hold one, of which the first 64 KiB count.
    ///   - directory: of the fixture.
    static func note(_ body: [UInt8], in directory: String) {
        guard texts.withLock({ $0[directory, default: []].count < mostOfFixture }) else { return }
        for line in body.prefix(longestBody).split(separator: UInt8(ascii: "\n")) {
            guard let value = JSON(line) else { continue }
            let contact = value["body"] ?? value
            let found = ["email", "fullName"].compactMap { contact[$0]?.string }
            texts.withLock { $0[directory, default: []].formUnion(found) }
        }
    }

    static func of(_ directory: String) -> Set<String> {
        texts.withLock { $0[directory] ?? [] }
    }

    /// As they were sent, and inside base64.
    static func needles(_ texts: Set<String>) -> Set<[UInt8]> {
        texts.reduce(into: Set<[UInt8]>()) { needles, text in
            let bytes = Array(text.utf8)
            needles.insert(bytes)
            needles.formUnion(PersonalData.base64Forms(bytes))
        }.filter { $0.count >= ByteScanner.shortest }
    }
}
