import CSodium
import Crypto
import Foundation
import GRDB
import LedgerFormat

/// The 65,536 keys that wrap the subject keys, open in locked memory (2.5 MiB) for the keeper's life: every
/// look-up of a subject needs one.
///
/// They are many, so that an erasure, which gives a bucket another key, wraps few subjects anew: 15 where there are a
/// million. And they stand on shelves of 64, each one row and one ciphertext, so that what gives all of them another root
/// has a thousand rows to write.
///
/// A shelf's plaintext, and this memory: for each bucket its generation (Int64, big-endian; 0: it has no key) ‖ its key.
///
/// All are drawn at the first start. A shelf whose row does not open fails the subjects of its buckets and no
/// others. Whoever replaces a bucket's key has to replace this object in the same keystore transaction.
final class BucketKeys: Sendable {
    static let count = 65_536
    static let shelves = count / bucketsPerShelf
    private static let bucketsPerShelf = 64
    private static let keySize = 32
    private static let entrySize = MemoryLayout<Int64>.size + keySize
    private static let shelfSize = bucketsPerShelf * entrySize

    private let memory: SecretBytes
    /// By shelf; its part of the memory is zero.
    private let damaged: [Int64: KeyCustodyError]

    /// An opened bucket key.
    struct Bucket: Sendable {
        let generation: Int64
        let key: SymmetricKey
    }

    /// A row of `shelf`.
    struct Shelf: Sendable {
        let number: Int64
        let wrapped: Data

        static func all(_ db: Database) throws -> [Shelf] {
            try Row.fetchAll(db, sql: "SELECT shelf, wrapped FROM shelf").map { row in
                Shelf(number: row["shelf"], wrapped: row["wrapped"])
            }
        }

        static func find(_ number: Int64, _ db: Database) throws -> Shelf? {
            let statement = try db.cachedStatement(sql: "SELECT wrapped FROM shelf WHERE shelf = ?")
            return try Data.fetchOne(statement, arguments: [number])
                .map { Shelf(number: number, wrapped: $0) }
        }

        func insert(_ db: Database) throws {
            try db.cachedStatement(sql: "INSERT INTO shelf VALUES (?, ?)")
                .execute(arguments: [number, wrapped])
        }

        /// In the place of what stands there.
        func save(_ db: Database) throws {
            try db.cachedStatement(sql: "INSERT OR REPLACE INTO shelf VALUES (?, ?)")
                .execute(arguments: [number, wrapped])
        }
    }

    /// The first 16 bits of the tag, so that the buckets fill evenly.
    static func number(of tag: SubjectTag) -> UInt16 {
        UInt16(truncatingIfNeeded: tag.words.0).byteSwapped
    }

    private static func shelf(of number: UInt16) -> Int64 { Int64(number) / Int64(bucketsPerShelf) }

    private static func entry(_ number: UInt16) -> Range<Int> {
        Int(number) * entrySize..<(Int(number) + 1) * entrySize
    }

    private init(memory: SecretBytes, damaged: [Int64: KeyCustodyError]) {
        self.memory = memory
        self.damaged = damaged
    }

    /// All of them new.
    static func drawn() -> BucketKeys {
        let memory = SecretBytes(count: count * entrySize) { memory in
            for number in 0...UInt16.max { draw(number, generation: 1, memory) }
        }
        return BucketKeys(memory: memory, damaged: [:])
    }

    /// As they are stored.
    convenience init(_ shelves: [Shelf], root: SymmetricKey) {
        var damaged: [Int64: KeyCustodyError] = [:]
        for number in 0..<Int64(Self.shelves) { damaged[number] = Self.missing("shelf \(number)") }
        let memory = SecretBytes(count: Self.count * Self.entrySize) { memory in
            for shelf in shelves where damaged[shelf.number] != nil {
                let start = Int(shelf.number) * Self.shelfSize
                let place = UnsafeMutableRawBufferPointer(
                    rebasing: memory[start..<start + Self.shelfSize])
                do throws(KeyCustodyError) {
                    damaged[shelf.number] = try KeyWrap.open(
                        shelf.wrapped, under: root, binding: .shelf(shelf.number)
                    ) { keys in
                        guard keys.count == place.count else {
                            return Self.missing("shelf \(shelf.number)")
                        }
                        place.copyMemory(from: keys)
                        return nil
                    }
                } catch {
                    damaged[shelf.number] = error
                }
            }
        }
        self.init(memory: memory, damaged: damaged)
    }

    /// The same with new keys for some buckets. What else stood on a damaged shelf has none from here on.
    func renewing(_ numbers: some Sequence<UInt16>) -> BucketKeys {
        var damaged = damaged
        let renewed = SecretBytes(count: memory.count) { renewed in
            memory.withUnsafeBytes { renewed.copyMemory(from: $0) }
            for number in numbers {
                damaged[Self.shelf(of: number)] = nil
                let before = Self.generation(number, UnsafeRawBufferPointer(renewed))
                Self.draw(number, generation: before &+ 1, renewed)
            }
        }
        return BucketKeys(memory: renewed, damaged: damaged)
    }

    /// The shelves of these buckets, or of all, wrapped.
    func shelves(
        of numbers: some Sequence<UInt16>, under root: SymmetricKey
    ) throws(KeyCustodyError) -> [Shelf] {
        var shelves: [Shelf] = []
        for number in Set(numbers.map(Self.shelf(of:))).sorted() {
            let start = Int(number) * Self.shelfSize
            let wrapped = try memory.withUnsafeBytes { memory throws(KeyCustodyError) in
                try KeyWrap.seal(
                    UnsafeRawBufferPointer(rebasing: memory[start..<start + Self.shelfSize]),
                    under: root, binding: .shelf(number))
            }
            shelves.append(Shelf(number: number, wrapped: wrapped))
        }
        return shelves
    }

    /// - Throws: `KeyCustodyError.corrupt` when the bucket's shelf is missing or does not open.
    func bucket(of tag: SubjectTag) throws(KeyCustodyError) -> Bucket {
        let number = Self.number(of: tag)
        if let error = damaged[Self.shelf(of: number)] { throw error }
        let bucket = memory.withUnsafeBytes { memory in
            Bucket(
                generation: Self.generation(number, memory),
                key: SymmetricKey(
                    data: UnsafeRawBufferPointer(
                        rebasing: memory[Self.entry(number).suffix(Self.keySize)])))
        }
        guard bucket.generation > 0 else { throw Self.missing("bucket \(number)") }
        return bucket
    }

    private static func generation(_ number: UInt16, _ memory: UnsafeRawBufferPointer) -> Int64 {
        Int64(
            bigEndian: memory.loadUnaligned(
                fromByteOffset: entry(number).lowerBound, as: Int64.self))
    }

    private static func draw(
        _ number: UInt16, generation: Int64, _ memory: UnsafeMutableRawBufferPointer
    ) {
        let entry = UnsafeMutableRawBufferPointer(rebasing: memory[entry(number)])
        if let base = entry.baseAddress { randombytes_buf(base, entry.count) }
        entry.storeBytes(of: generation.bigEndian, as: Int64.self)
    }

    private static func missing(_ what: String) -> KeyCustodyError {
        KeyCustodyError(
            .corrupt, "keystore row \(what) is missing; restore keys/ as one whole")
    }
}
