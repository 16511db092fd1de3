/// A security label: confidentiality level and categories, integrity level, handling caveats (FORMAT 2.4).
///
/// Labels form one lattice, ordered by where information may flow: it may flow from `b` to `a` exactly when `a`
/// dominates `b`. Confidentiality grows upward (Bell-LaPadula), integrity downward (strict Biba), so the join of two labels is
/// what a value made of both must carry: the higher level, all categories and caveats, the lower integrity.
public struct SecurityLabel: Hashable, Sendable {
    public let confidentiality: Confidentiality
    public let integrity: Integrity
    /// 0…1023; c1023 is the compartment *audit*.
    public let categories: Set<UInt16>
    /// Each `[a-z0-9-]{1,32}`.
    public let caveats: Set<String>

    public enum Confidentiality: UInt8, Sendable, CaseIterable, Comparable {
        case `public`, `internal`, confidential, restricted
        public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    public enum Integrity: UInt8, Sendable, CaseIterable, Comparable {
        case unverified, vendor, verified
        public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    public static let auditCategory: UInt16 = 1_023

    /// `s1/i1`.
    public static let `default` = SecurityLabel(unchecked: .internal, .vendor, [], [])
    /// `s0/i1`: joined with it, a label has no more trust than a vendor's word.
    public static let vendorWord = SecurityLabel(unchecked: .public, .vendor, [], [])
    /// `s1:c1023/i1`: audit entries.
    public static let audit = SecurityLabel(unchecked: .internal, .vendor, [auditCategory], [])

    /// - Throws: `ValidationError` with code `invalid-label` for a category above 1023 or a malformed caveat.
    public init(
        confidentiality: Confidentiality, integrity: Integrity, categories: Set<UInt16> = [],
        caveats: Set<String> = []
    ) throws(ValidationError) {
        guard categories.allSatisfy({ $0 <= 1_023 }) else {
            throw ValidationError(.invalidLabel, "A category is c0 to c1023.")
        }
        guard caveats.allSatisfy(Self.isCaveat) else {
            throw ValidationError(
                .invalidLabel, "A caveat is 1 to 32 lower-case letters, digits and hyphens.")
        }
        self.init(unchecked: confidentiality, integrity, categories, caveats)
    }

    private init(
        unchecked confidentiality: Confidentiality, _ integrity: Integrity,
        _ categories: Set<UInt16>, _ caveats: Set<String>
    ) {
        self.confidentiality = confidentiality
        self.integrity = integrity
        self.categories = categories
        self.caveats = caveats
    }

    static func isCaveat(_ text: String) -> Bool {
        ASCII.matches(
            text, max: 32,
            { ASCII.isLower($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-") })
    }

    /// Whether information may flow from `other` to here: a clearance that dominates an object's label may read it.
    public func dominates(_ other: SecurityLabel) -> Bool {
        isAtLeastAsSecret(as: other) && integrity <= other.integrity
    }

    /// Whether nothing of `other`'s secrecy is missing here: level, categories and caveats. Integrity does not count.
    public func isAtLeastAsSecret(as other: SecurityLabel) -> Bool {
        confidentiality >= other.confidentiality && categories.isSuperset(of: other.categories)
            && caveats.isSuperset(of: other.caveats)
    }

    /// Whether an object that gets this label in the place of `old` is raised (more secret) or endorsed (more trusted), or both, and
    /// loses neither secrecy nor trust. Never so of the same label.
    public func raisesOrEndorses(_ old: SecurityLabel) -> Bool {
        self != old && isAtLeastAsSecret(as: old) && integrity >= old.integrity
    }

    /// The lowest label that dominates both. Its text may exceed what a header holds; the header refuses it then.
    public func join(_ other: SecurityLabel) -> SecurityLabel {
        SecurityLabel(
            unchecked: max(confidentiality, other.confidentiality),
            min(integrity, other.integrity), categories.union(other.categories),
            caveats.union(other.caveats))
    }

    /// The highest label that both dominate.
    public func meet(_ other: SecurityLabel) -> SecurityLabel {
        SecurityLabel(
            unchecked: min(confidentiality, other.confidentiality),
            max(integrity, other.integrity), categories.intersection(other.categories),
            caveats.intersection(other.caveats))
    }
}
