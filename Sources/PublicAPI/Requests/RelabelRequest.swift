import ContactModel
import ContactServices

/// `{label, reason}`.
enum RelabelRequest {
    static func read(
        _ reader: inout ObjectReader
    ) throws(ServiceError) -> (label: SecurityLabel, reason: RelabelReason) {
        let rawLabel = try reader.string("label")
        let rawReason = try reader.string("reason")
        try reader.finish()
        let label = try reader.checked("label") { () throws(ValidationError) in
            try SecurityLabel(rawLabel)
        }
        let reason = try reader.checked("reason") { () throws(ValidationError) in
            try RelabelReason(rawReason)
        }
        return (label, reason)
    }
}
