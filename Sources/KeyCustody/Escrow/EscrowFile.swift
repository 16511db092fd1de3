import Crypto
import Foundation
import LedgerFormat

/// The keystore's root, for a day on which its TPM is gone. File `escrow-EPOCH`: canonical JSON (RFC 8785) of one object
///
/// ```
/// epoch, generation, treeSize   integers               issued      RFC 3339, UTC
/// format                        "chancery-escrow/1"     keystore    hex, 32 bytes
/// holders    array, in the order of their shares (from 1), of
///              commitment       hex: SHA-256("chancery/escrow/share/v1" LF ‖ number (UInt8) ‖ public key ‖ share)
///              key              hex: the holder's X25519 public key
///              share            base64: crypto_box_seal to that key of the share, 32 bytes
/// log        the log's name
/// secret     base64: nonce (12) ‖ root (32) ‖ tag (16), AES-256-GCM under the key that the shares give
/// threshold  integer: so many shares are needed
/// ```
/// The associated data of `secret` is `"chancery/escrow/v1" LF` and the same object without `secret`: stamp, holders and
/// commitments are those that the escrow was made with, or it does not open. The commitments name a wrong share; shares are
/// random, so they tell nothing of them. Who made the escrow it does not prove: that the root opens the keystore does.
struct EscrowFile: Sendable {
    struct Share: Sendable {
        let holder: RecoveryKey.Public
        let commitment: Digest32
        let box: [UInt8]
    }

    let stamp: EscrowStamp
    let shares: [Share]
    private let secret: [UInt8]

    static let format = "chancery-escrow/1"
    private static let keySize = 32
    private static let rootSize = 32
    private static let sealOverhead = 28

    // MARK: - Making

    /// Seals `root` under a key drawn for this file alone.
    init(_ root: SecretBytes, _ stamp: EscrowStamp) throws(KeyCustodyError) {
        let key = SecretBytes.random(count: Self.keySize)
        let parts = try SecretSharing.split(
            key, threshold: stamp.threshold, count: stamp.holders.count)
        var shares: [Share] = []
        for (position, (holder, part)) in zip(stamp.holders, parts).enumerated() {
            shares.append(
                Share(
                    holder: holder, commitment: Self.commitment(position + 1, holder, part),
                    box: try holder.seal(part)))
        }
        let associated = try Self.associated(stamp, shares)
        let secret = try root.withUnsafeBytes { bytes throws(KeyCustodyError) in
            try KeyWrap.seal(bytes, under: key.transientKey(), associated: associated)
        }
        self.stamp = stamp
        self.shares = shares
        self.secret = Array(secret)
    }

    func bytes() throws(KeyCustodyError) -> [UInt8] {
        try Self.write(
            stamp, shares, [.init("secret", .string(StrictBase64.encode(secret)))])
    }

    // MARK: - Opening

    /// - Returns: the root, and what was wrong with keys and shares that were not needed.
    /// - Throws: `KeyCustodyError.invalid` for too few keys, `.corrupt` for an altered file; each names what is wrong with
    ///   every key and share.
    func open(
        _ keys: [RecoveryKey]
    ) throws(KeyCustodyError) -> (root: SecretBytes, problems: [String]) {
        var good: [UInt8: SecretBytes] = [:]
        var problems: [String] = []
        for key in keys {
            guard let position = shares.firstIndex(where: { $0.holder == key.publicKey }) else {
                problems.append("recovery key \(key.publicKey.name) holds no share of this escrow")
                continue
            }
            guard let part = key.open(shares[position].box),
                Self.commitment(position + 1, key.publicKey, part) == shares[position].commitment
            else {
                problems.append(
                    "the share of recovery key \(key.publicKey.name) is not the one that the escrow was "
                        + "made with")
                continue
            }
            good[UInt8(truncatingIfNeeded: position + 1)] = part
        }
        guard good.count >= stamp.threshold else {
            let reasons = problems.isEmpty ? "" : ": " + problems.joined(separator: "; ")
            throw KeyCustodyError(
                .invalid,
                "the escrow needs \(stamp.threshold) of its \(shares.count) recovery keys, and "
                    + "\(good.count) of those given are good\(reasons)")
        }
        let needed = good.sorted { $0.key < $1.key }.prefix(stamp.threshold)
        let key = try SecretSharing.join(
            Dictionary(needed.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first }))
        let associated = try Self.associated(stamp, shares)
        do throws(KeyCustodyError) {
            let root = try KeyWrap.open(
                Data(secret), under: key.transientKey(), associated: associated, row: "escrow"
            ) { SecretBytes(copying: $0) }
            return (root, problems)
        } catch {
            throw KeyCustodyError(
                .corrupt,
                "the escrow does not open although its shares are right: its header or its secret was "
                    + "altered; use another copy of the file")
        }
    }

    // MARK: - Parts

    private static func commitment(
        _ number: Int, _ holder: RecoveryKey.Public, _ part: SecretBytes
    ) -> Digest32 {
        var hash = SHA256()
        hash.update(data: Array("chancery/escrow/share/v1\n".utf8))
        hash.update(data: [UInt8(truncatingIfNeeded: number)] + holder.bytes)
        part.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return Digest32(Array(hash.finalize())) ?? .zero
    }

    private static func associated(
        _ stamp: EscrowStamp, _ shares: [Share]
    ) throws(KeyCustodyError) -> [UInt8] {
        Array("chancery/escrow/v1\n".utf8) + (try write(stamp, shares, []))
    }

    private static func write(
        _ stamp: EscrowStamp, _ shares: [Share], _ secret: [CanonicalJSON.Member]
    ) throws(KeyCustodyError) -> [UInt8] {
        let holders = shares.map { share in
            CanonicalJSON.Value.object([
                .init("commitment", .string(share.commitment.hex)),
                .init("key", .string(share.holder.text)),
                .init("share", .string(StrictBase64.encode(share.box))),
            ])
        }
        do {
            return try CanonicalJSON.write(
                .object(
                    [
                        .init("epoch", .integer(stamp.epoch)), .init("format", .string(format)),
                        .init("generation", .integer(stamp.generation)),
                        .init("holders", .array(holders)),
                        .init("issued", .string(stamp.issued.text)),
                        .init("keystore", .string(stamp.keystore.hex)),
                        .init("log", .string(stamp.logName)),
                    ] + secret + [
                        .init("threshold", .integer(UInt64(stamp.threshold))),
                        .init("treeSize", .integer(stamp.treeSize)),
                    ]))
        } catch {
            throw KeyCustodyError(.invalid, "an escrow cannot be written: \(error.message)")
        }
    }
}

// MARK: - Reading

extension EscrowFile {
    /// - Throws: `KeyCustodyError.corrupt` for anything that `bytes()` does not write.
    init(parsing bytes: [UInt8]) throws(KeyCustodyError) {
        let value: CanonicalJSON.Value
        do {
            value = try CanonicalJSON.read(bytes, limit: CustodyLimits.maxEscrowFile)
        } catch {
            throw Self.damaged(error.message)
        }
        let names = [
            "epoch", "format", "generation", "holders", "issued", "keystore", "log", "secret",
            "threshold", "treeSize",
        ]
        guard value.members?.map(\.name) == names else {
            throw Self.damaged("it has other members than an escrow")
        }
        func member(_ name: String) -> CanonicalJSON.Value { value[name] ?? .null }
        guard member("format").string == Self.format else {
            throw Self.damaged("it has a format that this program does not read")
        }
        let shares = try (member("holders").array ?? []).map { value throws(KeyCustodyError) in
            try Self.share(value)
        }
        guard let epoch = member("epoch").integer, let generation = member("generation").integer,
            let issued = member("issued").string.flatMap({ LedgerTime($0) }),
            let keystore = member("keystore").string.flatMap({ Self.digest($0) }),
            let logName = member("log").string, let treeSize = member("treeSize").integer,
            let secret = member("secret").string.flatMap({ StrictBase64.decode($0) }),
            secret.count == Self.rootSize + Self.sealOverhead
        else { throw Self.damaged("a member is not what it should be") }
        guard SecretSharing.numbers.contains(shares.count),
            let threshold = member("threshold").integer.flatMap({ Int(exactly: $0) }),
            threshold >= 2, threshold <= shares.count,
            Set(shares.map(\.holder)).count == shares.count
        else { throw Self.damaged("its holders and their number do not agree") }
        stamp = EscrowStamp(
            logName: logName, generation: generation, epoch: epoch, treeSize: treeSize,
            issued: issued, keystore: keystore, threshold: threshold, holders: shares.map(\.holder))
        self.shares = shares
        self.secret = secret
    }

    /// - Throws: as `init(parsing:)`; `.invalid` when there is no such file.
    static func read(_ path: String) throws(KeyCustodyError) -> EscrowFile {
        guard let bytes = try DurableFile.read(path, limit: CustodyLimits.maxEscrowFile) else {
            throw KeyCustodyError(.invalid, "\(path) is not there; give the file of an escrow")
        }
        return try EscrowFile(parsing: bytes)
    }

    private static func share(_ value: CanonicalJSON.Value) throws(KeyCustodyError) -> Share {
        guard value.members?.map(\.name) == ["commitment", "key", "share"],
            let commitment = value["commitment"]?.string.flatMap({ digest($0) }),
            let holder = value["key"]?.string.flatMap({ LowerHex.decode($0) })
                .flatMap({ RecoveryKey.Public($0) }),
            let box = value["share"]?.string.flatMap({ StrictBase64.decode($0) }),
            box.count == keySize + RecoveryKey.Public.overhead
        else { throw damaged("a holder's share is not what it should be") }
        return Share(holder: holder, commitment: commitment, box: box)
    }

    private static func digest(_ hex: String) -> Digest32? {
        LowerHex.decode(hex).flatMap { Digest32($0) }
    }

    private static func damaged(_ how: String) -> KeyCustodyError {
        KeyCustodyError(
            .corrupt, "this is no escrow, or a damaged one: \(how); use another copy of the file")
    }
}
