public import ContactModel
public import Projections

/// Contacts of one page, the newest first.
public struct SearchPage: Sendable {
    public let contacts: [ContactRecord]
    /// Where the next page begins; nil: there is none. It may be empty and still have one behind it.
    public let next: UInt64?
}

extension Ledger {
    /// Contacts that fit, as far as `clearance` sees them. One call looks at so many at most, whatever page it is.
    ///
    /// - Parameters:
    ///   - below: `next` of the page before; nil: the first.
    ///   - limit: 1 … `StoreLimits.searchRows`.
    public func search(
        _ filter: SearchFilter, below: UInt64?, limit: Int, for clearance: Clearance
    ) throws(LedgerStoreError) -> SearchPage {
        guard (1...configuration.limits.searchRows).contains(limit) else {
            throw LedgerStoreError(
                .invalid, "A page has 1 to \(configuration.limits.searchRows) contacts.")
        }
        let limits = configuration.limits
        return try reading { reader in
            let (contacts, next) = try reader.search(
                filter, below: below ?? .max, span: limits.searchSpan, limit: limit,
                for: clearance)
            return SearchPage(contacts: contacts, next: next)
        }
    }
}
