internal import Glibc

/// FORMAT 2.1, `stream`: what an entry is about. Versions and predecessors of a subject are counted
/// per stream, so an audit entry never moves a contact's version.
public enum EntryStream: String, Sendable, Hashable, CaseIterable, Codable {
    case contact, consent, provenance, sharing, dsr, audit, policy, key, segment

    /// Entries of `key` and `segment` speak of the ledger itself and have no subject.
    public var mayHaveSubject: Bool { self != .key && self != .segment }

    /// Position among the names in the order of their bytes, which is the order of subject heads
    /// (FORMAT 5.2): comparing two costs nothing.
    public var rank: UInt8 {
        switch self {
        case .audit: 0
        case .consent: 1
        case .contact: 2
        case .dsr: 3
        case .key: 4
        case .policy: 5
        case .provenance: 6
        case .segment: 7
        case .sharing: 8
        }
    }

    private static let byRank = allCases.sorted { $0.rank < $1.rank }
    private static let names = byRank.map { Array($0.rawValue.utf8) }

    /// - Returns: nil beyond the last.
    public init?(rank: UInt8) {
        guard rank < Self.byRank.count else { return nil }
        self = Self.byRank[Int(rank)]
    }

    /// The name's bytes.
    var name: [UInt8] { Self.names[Int(rank)] }

    /// Reads the name without making a string of it: part of every header that is verified.
    init?(name: UnsafeRawBufferPointer) {
        guard let first = name.first, let last = name.last else { return nil }
        let candidate: EntryStream
        switch (first, last) {
        case (0x61, _): candidate = .audit
        case (0x63, 0x74) where name.count == 7:
            // "contact" and "consent" differ in the fourth letter.
            candidate = name[3] == 0x74 ? .contact : .consent
        case (0x70, 0x65): candidate = .provenance
        case (0x70, _): candidate = .policy
        case (0x73, 0x67): candidate = .sharing
        case (0x73, _): candidate = .segment
        case (0x64, _): candidate = .dsr
        case (0x6B, _): candidate = .key
        default: return nil
        }
        let isName = candidate.name.withUnsafeBytes { known in
            guard known.count == name.count, let left = known.baseAddress,
                let right = name.baseAddress
            else { return false }
            return memcmp(left, right, name.count) == 0
        }
        guard isName else { return nil }
        self = candidate
    }
}
