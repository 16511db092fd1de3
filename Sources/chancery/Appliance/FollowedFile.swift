import Foundation

/// What a program writes to a file, passed on line by line while it does, with files called what the operator calls them.
struct FollowedFile {
    private let path: String
    private let target: FileHandle
    private let names: [(there: String, here: String)]
    private var offset: UInt64 = 0
    private var rest = Data()

    init(_ path: String, to target: FileHandle, names: [(there: String, here: String)]) {
        self.path = path
        self.target = target
        self.names = names
    }

    /// - Parameter isLast: also what is no whole line.
    mutating func forward(isLast: Bool) {
        if let file = FileHandle(forReadingAtPath: path) {
            defer { try? file.close() }
            try? file.seek(toOffset: offset)
            let data = (try? file.readToEnd()) ?? nil
            offset += UInt64(data?.count ?? 0)
            rest += data ?? Data()
        }
        let end = isLast ? rest.endIndex : (rest.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 })
        guard let end, end > rest.startIndex else { return }
        var text = String(decoding: rest[..<end], as: UTF8.self)
        rest = Data(rest[end...])
        for name in names { text = text.replacingOccurrences(of: name.there, with: name.here) }
        try? target.write(contentsOf: Data(text.utf8))
    }
}
