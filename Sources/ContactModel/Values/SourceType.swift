/// What kind of source an attribute came from.
public enum SourceType: String, Sendable, CaseIterable {
    case dataSubject = "DATA_SUBJECT"
    case vendor = "VENDOR"
    case crm = "CRM"
    case marketing = "MARKETING"
    case `operator` = "OPERATOR"
    case derived = "DERIVED"
}
