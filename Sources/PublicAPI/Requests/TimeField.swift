import ContactModel
import ContactServices

/// Times as clients send them: RFC 3339, any offset.
enum TimeField {
    static func optional(
        _ name: String, in reader: inout ObjectReader
    ) throws(ServiceError) -> Timestamp? {
        guard let text = try reader.optionalString(name) else { return nil }
        return try reader.checked(name) { () throws(ValidationError) in
            guard let time = Timestamp(rfc3339: text) else {
                throw ValidationError(
                    .invalidTimestamp, "\(name) is an RFC 3339 time such as 2026-01-31T09:30:00Z.")
            }
            return time
        }
    }

    /// One that cannot lie ahead.
    static func past(
        _ name: String, in reader: inout ObjectReader
    ) throws(ServiceError) -> Timestamp? {
        guard let time = try optional(name, in: &reader) else { return nil }
        let latest = Timestamp.now().microsecondsSince1970 + APILimits.clockSkewMicroseconds
        return try reader.checked(name) { () throws(ValidationError) in
            guard time.microsecondsSince1970 <= latest else {
                throw ValidationError(.invalidTimestamp, "\(name) lies in the future.")
            }
            return time
        }
    }
}
