import Foundation

/// A contact that the import brought, to search for, and the purpose it may be read for.
struct TourExample: Sendable {
    private(set) var email = "nobody@example.com"
    private(set) var purpose = "sales"

    /// The first of the file, when it has one.
    init(in file: String) throws {
        guard let handle = FileHandle(forReadingAtPath: file) else { return }
        defer { try? handle.close() }
        let head = try handle.read(upToCount: FileChunks.size) ?? Data()
        for bytes in head.split(separator: UInt8(ascii: "\n")) {
            guard let line = try? JSONDecoder().decode(Line.self, from: Data(bytes)),
                let email = line.body.email, let purpose = line.body.purposeCodes?.first
            else { continue }
            self.email = email
            self.purpose = purpose
            return
        }
    }

    private struct Line: Decodable {
        struct Body: Decodable {
            let email: String?
            let purposeCodes: [String]?
        }

        let body: Body
    }
}
