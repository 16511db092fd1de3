/// Every bound the model puts on what people send, with its reason. Bytes are of UTF-8 after normalization.
public enum ModelLimits {
    /// RFC 5321 section 4.5.3.1.3 less the angle brackets: a longer address cannot be mailed.
    public static let emailBytes = 254
    /// RFC 5321 section 4.5.3.1.1.
    public static let localPartBytes = 64
    /// A person's full name with titles fits many times over.
    public static let nameBytes = 512
    /// A URL or a postal address fits; a document does not.
    public static let attributeValueBytes = 4_096
    /// Keeps one contact's entries within one append group.
    public static let attributesPerRequest = 64
    public static let consentsPerRequest = 16
    public static let purposesPerConsent = 32
    public static let purposeBytes = 64
    /// The header's `label` member (FORMAT 2.1).
    public static let labelBytes = 256
    /// Leaves room for the compartment *audit* in the label of what is written about its holder.
    public static let clearanceLabelBytes = 250
    /// What an audit entry names of the access policies that decided.
    public static let auditPolicies = 32
    public static let policyIDBytes = 64
    /// Ciphertext of a numeric address: 45 bytes of IPv6, and a zone.
    public static let sourceAddressBytes = 64
    /// `x-` and 61 more: a DNS-like label of 63.
    public static let attributeTypeBytes = 63
    public static let sourceIdentityBytes = 64
    /// A message id or a document number with its archive.
    public static let evidenceBytes = 512
    public static let requestIDBytes = 128
    public static let idempotencyKeyBytes = 255
    public static let referenceBytes = 128
    /// A case number and a few words; whoever needs more keeps it elsewhere.
    public static let relabelReasonBytes = 128
    public static let recipientIDBytes = 64
    /// A company's name as registers have it.
    public static let recipientNameBytes = 256
    /// Email, name, and as many attributes as a request may bring, nearly.
    public static let sharedAttributes = 64
    /// A letter of a page or two; what is longer is kept elsewhere and referred to.
    public static let requestWordsBytes = 4_096
    /// Whoever asks more asks one after the other.
    public static let enrichmentVendors = 8
    public static let enrichmentAttempts = 5
    /// Seconds that a vendor is waited for: a callback that took a week will not come.
    public static let enrichmentTimeout = 1...604_800
}
