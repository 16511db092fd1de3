/// A place in a text, both from 1.
public struct TextPosition: Equatable, Sendable {
    public let line: UInt32
    /// In Unicode scalars.
    public let column: UInt32
}
