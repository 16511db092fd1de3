/// A place in a policy text.
public struct PolicyPosition: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// From 1.
    public let line: UInt32
    /// From 1, in Unicode scalars.
    public let column: UInt32

    public var description: String { "\(line):\(column)" }

    public static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.line, lhs.column) < (rhs.line, rhs.column)
    }
}
