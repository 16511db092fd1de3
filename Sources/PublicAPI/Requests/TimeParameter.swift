import ContactModel
import ContactServices

/// Times in a query: RFC 3339, from 1970 on.
enum TimeParameter {
    static func optional(
        _ name: String, _ reader: QueryReader
    ) throws(ServiceError) -> Timestamp? {
        guard let text = reader.optionalText(name) else { return nil }
        guard let time = Timestamp(rfc3339: text), time.microsecondsSince1970 >= 0 else {
            throw ServiceError(
                .invalidParameter, "\(name) is an RFC 3339 time such as 2026-01-31T09:30:00Z.")
        }
        return time
    }
}
