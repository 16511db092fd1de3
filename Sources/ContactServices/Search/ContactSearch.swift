public import ContactModel

/// Which contacts are looked for, and which page of them.
public struct ContactSearch: Sendable {
    public static let limits = 1...100

    /// By name, when there is anything to find it by.
    public var words: [String]
    public var purpose: PurposeCode?
    public var source: String?
    public var from: Timestamp?
    public var until: Timestamp?
    /// `SearchView.next` of the page before; nil: the first.
    public var cursor: UInt64?
    public var limit: Int

    /// - Parameter text: words of a name; nil: whatever the name.
    /// - Throws: `invalid-parameter` for a text without letters and digits, or with too many words.
    public init(text: String?) throws(ServiceError) {
        words = []
        limit = 20
        guard let text else { return }
        words = NameWords.words(of: text)
        guard (1..<NameWords.most).contains(words.count) else {
            throw ServiceError(
                .invalidParameter,
                "q is an email address, or one to \(NameWords.most - 1) words of a name.")
        }
    }
}

/// One page of contacts, the newest first.
public struct SearchView: Sendable, Equatable {
    public let contacts: [ContactView]
    /// Cursor of the next page, which may be empty; nil: there is none.
    public let next: UInt64?
}
