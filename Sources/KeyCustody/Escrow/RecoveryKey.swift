import CSodium
import Foundation
import LedgerFormat
import ProcessBoundary

/// A key pair of somebody who holds a share of escrows: X25519, as libsodium's sealed boxes have it. Two files of two
/// lines each, the second of 64 hex digits:
///
/// ```
/// NAME       "chancery recovery key 1: keep this file secret" LF private key LF    mode 0600
/// NAME.pub   "chancery recovery key 1: public part" LF public key LF
/// ```
public struct RecoveryKey: Sendable {
    /// The public part, and what names the key to people.
    public struct Public: Sendable, Hashable {
        let bytes: [UInt8]

        static let size = 32

        init?(_ bytes: [UInt8]) {
            guard bytes.count == Self.size else { return nil }
            self.bytes = bytes
        }

        /// Of a `.pub` file.
        /// - Throws: `KeyCustodyError.invalid` for anything else.
        public init(file path: String) throws(KeyCustodyError) {
            let text = String(decoding: try RecoveryKey.read(path), as: UTF8.self)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            guard lines.count == 3, lines[0] == RecoveryKey.publicTitle, lines[2].isEmpty,
                let bytes = LowerHex.decode(lines[1]), let key = Self(bytes)
            else {
                throw KeyCustodyError(
                    .invalid,
                    "\(path) is not the public part of a recovery key; `chancery escrow key` makes one"
                )
            }
            self = key
        }

        /// 64 hex digits.
        public var text: String { LowerHex.encode(bytes) }
        /// The first 8 bytes, for messages.
        public var name: String { String(text.prefix(16)) }
    }

    let secret: SecretBytes
    public let publicKey: Public

    private static let secretTitle = "chancery recovery key 1: keep this file secret"
    private static let publicTitle = "chancery recovery key 1: public part"
    private static let maxFile = 256

    /// Draws a key and writes both files, durably. Nothing is written over.
    public static func make(at path: String) throws(KeyCustodyError) -> Public {
        for file in [path, path + ".pub"] where SystemFile.exists(file) {
            throw KeyCustodyError(
                .invalid, "\(file) is there already and may be needed; choose another name")
        }
        let key = try RecoveryKey(secret: .random(count: Public.size))
        let title = Array((secretTitle + "\n").utf8)
        // One buffer, and no text that nobody could overwrite.
        var text = title + [UInt8](repeating: UInt8(ascii: "\n"), count: 2 * Public.size + 1)
        text.withUnsafeMutableBytes { buffer in
            let digits = UnsafeMutableRawBufferPointer(rebasing: buffer[title.count...])
            guard let start = digits.baseAddress?.assumingMemoryBound(to: CChar.self) else {
                return
            }
            _ = key.secret.withBytePointer { secret in
                sodium_bin2hex(start, digits.count, secret, Public.size)
            }
            digits[digits.count - 1] = UInt8(ascii: "\n")
        }
        defer { text.withUnsafeMutableBytes { Sodium.wipe($0) } }
        do throws(SystemError) {
            try SystemFile.write(text, to: path, mode: 0o600)
            try SystemFile.write(
                "\(publicTitle)\n\(key.publicKey.text)\n".utf8, to: path + ".pub", mode: 0o644)
            try SystemFile.sync(SystemFile.directory(of: path))
        } catch {
            throw KeyCustodyError(.unavailable, "\(error)")
        }
        return key.publicKey
    }

    /// - Throws: `KeyCustodyError.invalid` for a file that is none.
    public init(file path: String) throws(KeyCustodyError) {
        var bytes = try Self.read(path)
        defer { bytes.withUnsafeMutableBytes { Sodium.wipe($0) } }
        let title = Array((Self.secretTitle + "\n").utf8)
        let digits = bytes.dropFirst(title.count).dropLast()
        guard bytes.starts(with: title), bytes.last == UInt8(ascii: "\n"),
            digits.count == 2 * Public.size
        else { throw Self.unreadable(path) }
        let text = Array(digits)
        let secret = try SecretBytes(count: Public.size) { buffer throws(KeyCustodyError) in
            var length = 0
            let status = text.withUnsafeBytes { digits -> Int32 in
                guard let start = digits.baseAddress?.assumingMemoryBound(to: CChar.self),
                    let out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
                else { return -1 }
                return sodium_hex2bin(
                    out, buffer.count, start, digits.count, nil, &length, nil)
            }
            guard status == 0, length == buffer.count else { throw Self.unreadable(path) }
        }
        try self.init(secret: secret)
    }

    private init(secret: SecretBytes) throws(KeyCustodyError) {
        var bytes = [UInt8](repeating: 0, count: Public.size)
        let status = secret.withBytePointer { crypto_scalarmult_base(&bytes, $0) }
        guard status == 0, let publicKey = Public(bytes) else {
            throw KeyCustodyError(.invalid, "a recovery key is of no use; make another")
        }
        self.secret = secret
        self.publicKey = publicKey
    }

    private static func read(_ path: String) throws(KeyCustodyError) -> [UInt8] {
        do {
            return try SystemFile.read(path, limit: maxFile)
        } catch {
            throw KeyCustodyError(.invalid, "\(error); give the file of a recovery key")
        }
    }

    private static func unreadable(_ path: String) -> KeyCustodyError {
        KeyCustodyError(
            .invalid, "\(path) is not a recovery key; give the file that `chancery escrow key` made"
        )
    }
}

// MARK: - Sealed boxes

extension RecoveryKey.Public {
    /// What a sealed box adds to what is in it.
    static let overhead = 48

    /// For the holder alone; nobody can tell who sealed it.
    func seal(_ secret: SecretBytes) throws(KeyCustodyError) -> [UInt8] {
        var box = [UInt8](repeating: 0, count: secret.count + Self.overhead)
        let status = secret.withBytePointer { message in
            crypto_box_seal(&box, message, UInt64(secret.count), bytes)
        }
        guard status == 0 else {
            throw KeyCustodyError(
                .invalid, "nothing can be encrypted to the recovery key \(name); make another")
        }
        return box
    }
}

extension RecoveryKey {
    /// - Returns: nil for a box that is not for this key, or was altered.
    func open(_ box: [UInt8]) -> SecretBytes? {
        guard box.count > Public.overhead else { return nil }
        struct Refused: Error {}
        return try? SecretBytes(count: box.count - Public.overhead) { buffer throws(Refused) in
            guard let out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
                throw Refused()
            }
            let status = secret.withBytePointer { secret in
                crypto_box_seal_open(out, box, UInt64(box.count), publicKey.bytes, secret)
            }
            guard status == 0 else { throw Refused() }
        }
    }
}
