// FORMAT 7, C2SP tlog-proof:
//   c2sp.org/tlog-proof@v1 ‖ LF
//   [extra <base64 of the header bytes> ‖ LF]
//   index <decimal> ‖ LF
//   zero or more: <base64 of a 32-byte hash> ‖ LF        from the leaf's sibling up
//   LF
//   the checkpoint note, verbatim

public import FoundationEssentials

/// Proves offline that an entry is in a checkpointed tree. Reading one checks only its form: the
/// header, the proof and the checkpoint's signature are LedgerVerification's to check.
public struct InclusionReceipt: Sendable, Equatable {
    static let firstLine = "c2sp.org/tlog-proof@v1"

    /// The header's bytes (FORMAT 7); not authenticated by itself. Never empty.
    public let extra: [UInt8]?
    /// Leaf index.
    public let index: UInt64
    /// The inclusion proof, from the leaf's sibling up; at most 53.
    public let hashes: [Digest32]
    /// The bytes of the checkpoint note.
    public let checkpoint: [UInt8]

    /// - Throws: `InclusionReceiptError` when a part is beyond its limit.
    public init(
        extra: [UInt8]?, index: UInt64, hashes: [Digest32], checkpoint: [UInt8]
    ) throws(InclusionReceiptError) {
        if let extra, !(1...LedgerLimits.maxHeaderBytes).contains(extra.count) {
            throw .malformed(reason: "extra data of \(extra.count) bytes")
        }
        guard index <= LedgerLimits.maxInteger else { throw .malformed(reason: "the index") }
        guard hashes.count <= LedgerLimits.maxProofHashes else {
            throw .malformed(reason: "\(hashes.count) hashes")
        }
        guard (1...LedgerLimits.maxNoteBytes).contains(checkpoint.count) else {
            throw .malformed(reason: "a checkpoint of \(checkpoint.count) bytes")
        }
        self.extra = extra
        self.index = index
        self.hashes = hashes
        self.checkpoint = checkpoint
    }

    public var bytes: [UInt8] {
        var head = Self.firstLine + "\n"
        if let extra { head += "extra \(StrictBase64.encode(extra))\n" }
        head += "index \(index)\n"
        for hash in hashes {
            head += hash.base64 + "\n"
        }
        return Array(head.utf8) + [0x0A] + checkpoint
    }
}

// MARK: - Reading

extension InclusionReceipt {
    /// - Throws: `InclusionReceiptError`
    public init(parsing bytes: some ContiguousBytes) throws(InclusionReceiptError) {
        self = try bytes.reading { (buffer) throws(InclusionReceiptError) in
            try InclusionReceipt(buffer: buffer)
        }
    }

    private init(buffer: UnsafeRawBufferPointer) throws(InclusionReceiptError) {
        guard buffer.count <= LedgerLimits.maxReceiptBytes else { throw .tooLarge }
        var rest = buffer[...]
        guard Self.nextLine(&rest) == Self.firstLine else {
            throw .malformed(reason: "the first line is not '\(Self.firstLine)'")
        }
        var line = Self.nextLine(&rest)
        var extra: [UInt8]?
        if let encoded = Self.value("extra ", line) {
            guard let decoded = StrictBase64.decode(encoded) else {
                throw .malformed(reason: "the base64 of the extra line")
            }
            extra = decoded
            line = Self.nextLine(&rest)
        }
        guard let digits = Self.value("index ", line), let index = Self.integer(digits) else {
            throw .malformed(reason: "the index line")
        }
        var hashes: [Digest32] = []
        while true {
            guard let text = Self.nextLine(&rest) else {
                throw .malformed(reason: "no empty line before the checkpoint")
            }
            if text.isEmpty { break }
            guard hashes.count < LedgerLimits.maxProofHashes, let hash = Digest32(base64: text)
            else { throw .malformed(reason: "proof hash \(hashes.count + 1)") }
            hashes.append(hash)
        }
        try self.init(extra: extra, index: index, hashes: hashes, checkpoint: Array(rest))
    }

    /// The text up to the next newline, which is consumed; nil without one or when not UTF-8.
    private static func nextLine(_ rest: inout Slice<UnsafeRawBufferPointer>) -> String? {
        guard let end = rest.firstIndex(of: 0x0A) else {
            rest = rest[rest.endIndex...]
            return nil
        }
        let line = String(validating: rest[..<end], as: UTF8.self)
        rest = rest[(end + 1)...]
        return line
    }

    private static func value(_ prefix: String, _ line: String?) -> String? {
        guard let line, line.utf8.starts(with: prefix.utf8) else { return nil }
        return String(line.utf8.dropFirst(prefix.utf8.count))
    }

    private static func integer(_ text: String) -> UInt64? {
        Array(text.utf8).withUnsafeBytes { digits in
            var scanner = ByteScanner(digits)
            guard let value = scanner.integer(), scanner.isAtEnd else { return nil }
            return value
        }
    }
}
