import CSodium
import Crypto
import Foundation
import Synchronization

/// The 32-byte keys used last, in one block of libsodium memory, bounded; the least recently used
/// leaves first and is overwritten. Keys come out as swift-crypto keys, for one batch each.
final class SecretKeyCache<Name: Hashable & Sendable>: Sendable {
    private static var keySize: Int { 32 }

    private let state: Mutex<Slots>

    /// - Parameter capacity: keys held at most; 32 bytes each of locked memory.
    init(capacity: Int) {
        state = Mutex(Slots(capacity: max(1, capacity)))
    }

    subscript(name: Name) -> SymmetricKey? {
        state.withLock { $0.key(name) }
    }

    func insert(_ key: SymmetricKey, for name: Name) {
        state.withLock { $0.insert(key, name) }
    }

    func remove(_ name: Name) {
        state.withLock { $0.remove(name) }
    }

    func removeAll() {
        state.withLock { $0.removeAll() }
    }

    /// A doubly linked list through arrays, most recent first; `-1` ends it. Slot *n*'s key is at
    /// *n* × 32 in `memory`.
    private struct Slots: ~Copyable {
        private let memory: UnsafeMutableRawPointer
        private let capacity: Int
        private var slots: [Name: Int] = [:]
        private var names: [Name?]
        private var newer: [Int]
        private var older: [Int]
        private var newest = -1
        private var oldest = -1
        private var free: [Int]

        init(capacity: Int) {
            precondition(Sodium.isReady, "libsodium cannot start: no source of randomness")
            guard let base = sodium_allocarray(capacity, SecretKeyCache.keySize) else {
                preconditionFailure("no memory for \(capacity) keys")
            }
            memory = base
            self.capacity = capacity
            names = Array(repeating: nil, count: capacity)
            newer = Array(repeating: -1, count: capacity)
            older = Array(repeating: -1, count: capacity)
            free = Array((0..<capacity).reversed())
        }

        deinit {
            sodium_free(memory)
        }

        mutating func key(_ name: Name) -> SymmetricKey? {
            guard let slot = slots[name] else { return nil }
            unlink(slot)
            linkAsNewest(slot)
            return SymmetricKey(data: UnsafeRawBufferPointer(bytes(slot)))
        }

        mutating func insert(_ key: SymmetricKey, _ name: Name) {
            guard key.bitCount == SecretKeyCache.keySize * 8 else { return }
            remove(name)
            if free.isEmpty, oldest >= 0, let victim = names[oldest] {
                remove(victim)
            }
            guard let slot = free.popLast() else { return }
            key.withUnsafeBytes { bytes(slot).copyMemory(from: $0) }
            slots[name] = slot
            names[slot] = name
            linkAsNewest(slot)
        }

        mutating func remove(_ name: Name) {
            guard let slot = slots.removeValue(forKey: name) else { return }
            unlink(slot)
            names[slot] = nil
            Sodium.wipe(bytes(slot))
            free.append(slot)
        }

        mutating func removeAll() {
            for name in Array(slots.keys) { remove(name) }
        }

        private func bytes(_ slot: Int) -> UnsafeMutableRawBufferPointer {
            UnsafeMutableRawBufferPointer(
                start: memory + slot * SecretKeyCache.keySize, count: SecretKeyCache.keySize)
        }

        private mutating func linkAsNewest(_ slot: Int) {
            newer[slot] = -1
            older[slot] = newest
            if newest >= 0 { newer[newest] = slot }
            newest = slot
            if oldest < 0 { oldest = slot }
        }

        private mutating func unlink(_ slot: Int) {
            if newer[slot] >= 0 { older[newer[slot]] = older[slot] } else { newest = older[slot] }
            if older[slot] >= 0 { newer[older[slot]] = newer[slot] } else { oldest = newer[slot] }
            newer[slot] = -1
            older[slot] = -1
        }
    }
}
