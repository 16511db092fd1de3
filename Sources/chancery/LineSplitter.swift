import NIOCore

/// Cuts a stream of bytes into lines, holding at most one unfinished line.
struct LineSplitter {
    private var pending = ByteBuffer()

    /// A result line is a few hundred bytes.
    static let longestLine = 1 << 20

    /// - Returns: the lines that are complete now, without their ends.
    mutating func add(_ bytes: ByteBuffer) throws(OperatorError) -> [ByteBuffer] {
        pending.writeImmutableBuffer(bytes)
        var lines: [ByteBuffer] = []
        while let end = pending.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
            let length = end - pending.readerIndex
            if let line = pending.readSlice(length: length), length > 0 { lines.append(line) }
            pending.moveReaderIndex(forwardBy: 1)
        }
        pending.discardReadBytes()
        guard pending.readableBytes <= Self.longestLine else {
            throw OperatorError(
                .refused, "The server sent a result line of more than \(Self.longestLine) bytes.",
                next: "Check that the URL is that of a Chancery gateway.")
        }
        return lines
    }
}
