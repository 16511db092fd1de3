import ContactModel
import Foundation

/// What an import must not leave on the disk in the clear.
struct PersonalData {
    private(set) var emails: [String] = []
    /// Of at least eight bytes: shorter ones occur by chance.
    private(set) var names: [String] = []

    init(_ lines: [String]) throws {
        for line in lines {
            guard let body = JSON(line.utf8)?["body"] else { throw TestFailure("no body: \(line)") }
            if let email = body["email"]?.string { emails.append(email) }
            if let name = body["fullName"]?.string, name.utf8.count >= ByteScanner.shortest {
                names.append(name)
            }
        }
    }

    /// Each text as it came and as it is indexed, in the clear and inside base64 wherever in a text it may begin.
    var needles: Set<[UInt8]> {
        get throws {
            var texts = Set(emails + names)
            for email in emails { texts.insert(try EmailAddress(email).canonical) }
            var needles: Set<[UInt8]> = []
            for text in texts {
                let bytes = Array(text.utf8)
                needles.insert(bytes)
                needles.formUnion(Self.base64Forms(bytes))
            }
            return needles.filter { $0.count >= ByteScanner.shortest }
        }
    }

    /// Inside base64, wherever in a text they may begin.
    static func base64Forms(_ bytes: [UInt8]) -> [[UInt8]] {
        (0..<3).map { base64(bytes, shift: $0) }
    }

    /// The characters that depend on `bytes` alone when `shift` other bytes stand before them in a group of three.
    private static func base64(_ bytes: [UInt8], shift: Int) -> [UInt8] {
        let text = Data([UInt8](repeating: 0, count: shift) + bytes).base64EncodedString()
        let first = (shift * 8 + 5) / 6
        let end = (shift + bytes.count) * 8 / 6
        return Array(text.utf8)[first..<max(first, end)].map { $0 }
    }
}
