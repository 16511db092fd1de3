public import ContactModel
public import LedgerFormat

/// Which contacts are looked for: those that fit all that is not nil.
public struct SearchFilter: Sendable {
    /// All of them stand in the name's index. They stand for many other words, too.
    public var words = NameIndex()
    /// Covered by what is in force.
    public var purpose: PurposeCode?
    /// A source identity that something of the contact came from.
    public var source: String?
    /// Created not before.
    public var from: LedgerTime?
    /// Created before.
    public var until: LedgerTime?

    public init() {}
}
