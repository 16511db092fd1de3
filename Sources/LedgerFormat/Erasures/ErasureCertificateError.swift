/// What does not hold of a certificate of an erasure.
public enum ErasureCertificateError: LedgerFormatError, Equatable {
    /// The document is not canonical, or breaks a rule of FORMAT 9.14.
    case malformed(String)
    /// An entry is not what it should be there; its place from 0.
    case entry(Int, String)
    /// The certificate says something else than its entries.
    case statement(String)

    public var code: String {
        switch self {
        case .malformed: "certificate-malformed"
        case .entry: "certificate-entry"
        case .statement: "certificate-statement"
        }
    }

    public var message: String {
        switch self {
        case .malformed(let rule): "The document is no certificate of an erasure: \(rule)."
        case .entry(let place, let reason): "Entry \(place) of the certificate: \(reason)."
        case .statement(let what):
            "The certificate says of \(what) something else than its entries."
        }
    }
}
