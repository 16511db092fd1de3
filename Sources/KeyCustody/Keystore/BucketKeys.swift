import Crypto
import Foundation
import GRDB
import LedgerFormat

/// The 4096 keys that wrap the subject keys, open in locked memory (128 KiB) for the keeper's life: every
/// look-up of a subject needs one.
///
/// All are drawn at the first start. One whose row does not open fails the subjects of its bucket and no
/// others. Whoever replaces a bucket's key has to replace this object in the same keystore transaction.
final class BucketKeys: Sendable {
    static let count = 4_096
    private static let keySize = 32

    private let memory: SecretBytes
    private let generations: [Int64]
    private let damaged: [UInt16: KeyCustodyError]

    /// An opened bucket key.
    struct Bucket: Sendable {
        let generation: Int64
        let key: SymmetricKey
    }

    /// The first 12 bits of the tag, so that the buckets fill evenly.
    static func number(of tag: SubjectTag) -> UInt16 {
        tag.bytes.prefix(2).reduce(0) { $0 << 8 | UInt16($1) } >> 4
    }

    /// A row of `bucket`.
    struct StoredRow: Sendable {
        let number: Int64
        let generation: Int64
        let wrapped: Data
    }

    static func rows(_ db: Database) throws -> [StoredRow] {
        try Row.fetchAll(db, sql: "SELECT bucket, generation, wrapped FROM bucket").map { row in
            StoredRow(number: row["bucket"], generation: row["generation"], wrapped: row["wrapped"])
        }
    }

    init(_ rows: [StoredRow], root: SymmetricKey) {
        var generations = [Int64](repeating: 0, count: Self.count)
        var damaged: [UInt16: KeyCustodyError] = [:]
        for number in 0..<UInt16(Self.count) { damaged[number] = Self.missing(number) }
        memory = SecretBytes(count: Self.count * Self.keySize) { memory in
            for row in rows {
                guard let number = UInt16(exactly: row.number), number < Self.count else {
                    continue
                }
                let binding = WrapBinding.bucket(number, generation: row.generation)
                let start = Int(number) * Self.keySize
                let slot = UnsafeMutableRawBufferPointer(
                    rebasing: memory[start..<start + Self.keySize])
                do throws(KeyCustodyError) {
                    damaged[number] =
                        try KeyWrap.open(row.wrapped, under: root, binding: binding) { key in
                            guard key.count == slot.count else { return Self.missing(number) }
                            slot.copyMemory(from: key)
                            return nil
                        }
                    generations[Int(number)] = row.generation
                } catch {
                    damaged[number] = error
                }
            }
        }
        self.generations = generations
        self.damaged = damaged
    }

    /// The same with some buckets' keys replaced.
    func replacing(_ buckets: [UInt16: Bucket]) -> BucketKeys {
        BucketKeys(self, buckets)
    }

    private init(_ old: BucketKeys, _ buckets: [UInt16: Bucket]) {
        var (generations, damaged) = (old.generations, old.damaged)
        memory = SecretBytes(count: Self.count * Self.keySize) { memory in
            old.memory.withUnsafeBytes { memory.copyMemory(from: $0) }
            for (number, bucket) in buckets {
                let start = Int(number) * Self.keySize
                bucket.key.withUnsafeBytes { key in
                    UnsafeMutableRawBufferPointer(
                        rebasing: memory[start..<start + Self.keySize]
                    ).copyMemory(from: key)
                }
                generations[Int(number)] = bucket.generation
                damaged[number] = nil
            }
        }
        self.generations = generations
        self.damaged = damaged
    }

    /// - Throws: `KeyCustodyError.corrupt` when the bucket's row is missing or does not open.
    func bucket(of tag: SubjectTag) throws(KeyCustodyError) -> Bucket {
        let number = Self.number(of: tag)
        if let error = damaged[number] { throw error }
        let start = Int(number) * Self.keySize
        let key = memory.withUnsafeBytes { bytes in
            SymmetricKey(
                data: UnsafeRawBufferPointer(rebasing: bytes[start..<start + Self.keySize]))
        }
        return Bucket(generation: generations[Int(number)], key: key)
    }

    private static func missing(_ number: UInt16) -> KeyCustodyError {
        KeyCustodyError(
            .corrupt, "keystore row bucket \(number) is missing; restore keys/ as one whole")
    }
}
