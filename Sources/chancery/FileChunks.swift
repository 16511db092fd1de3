import Foundation
import NIOCore

/// The bytes of a file in pieces, read when the connection asks for the next one.
struct FileChunks: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let path: String

    static let size = 64 * 1024

    struct AsyncIterator: AsyncIteratorProtocol {
        private var handle: FileHandle?
        private let path: String

        init(path: String) {
            self.path = path
            handle = FileHandle(forReadingAtPath: path)
        }

        mutating func next() async throws -> ByteBuffer? {
            guard let handle else { throw OperatorError.system("open", path, errno: errno) }
            guard let data = try handle.read(upToCount: FileChunks.size), !data.isEmpty else {
                try handle.close()
                return nil
            }
            return ByteBuffer(bytes: data)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(path: path) }

    /// Counts the lines that the gateway will answer, without keeping the file in memory.
    static func countLines(_ path: String) throws(OperatorError) -> Int {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw .system("open", path, errno: errno)
        }
        defer { try? handle.close() }
        var counter = LineCounter()
        do {
            while let data = try handle.read(upToCount: size), !data.isEmpty { counter.add(data) }
        } catch {
            throw OperatorError(
                .inputOutput, "Cannot read \(path): \(error.localizedDescription)",
                next: "Check the file.")
        }
        return counter.total
    }
}
