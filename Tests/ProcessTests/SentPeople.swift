import Foundation
import Synchronization

/// Whom the tests of this run have told the gateway of: the first of them, which is enough to notice a log that names people.
enum SentPeople {
    private static let most = 500
    private static let texts = Mutex<Set<String>>([])

    /// - Parameter body: of a request: a contact, or lines that each hold one.
    static func note(_ body: [UInt8]) {
        guard body.count < 1 << 16, texts.withLock({ $0.count < most }) else { return }
        for line in body.split(separator: UInt8(ascii: "\n")) {
            guard let value = JSON(line) else { continue }
            let contact = value["body"] ?? value
            let found = ["email", "fullName"].compactMap { contact[$0]?.string }
            texts.withLock { $0.formUnion(found) }
        }
    }

    /// As they were sent, and inside base64.
    static var needles: Set<[UInt8]> {
        let texts = texts.withLock { $0 }
        return texts.reduce(into: Set<[UInt8]>()) { needles, text in
            let bytes = Array(text.utf8)
            needles.insert(bytes)
            needles.formUnion(PersonalData.base64Forms(bytes))
        }.filter { $0.count >= ByteScanner.shortest }
    }
}
