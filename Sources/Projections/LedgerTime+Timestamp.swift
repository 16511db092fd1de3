public import ContactModel
public import LedgerFormat

extension LedgerTime {
    /// As events write times; nil beyond the years that they have.
    public var timestamp: Timestamp? {
        Timestamp(microsecondsSince1970: microsecondsSince1970)
    }
}
