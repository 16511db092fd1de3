import ContactModel
import ContactServices

/// `label`: the security label that something shall bear (`s1/i1`, `s2:c0.c3/i1`).
enum LabelField {
    static func optional(
        in reader: inout ObjectReader
    ) throws(ServiceError) -> SecurityLabel? {
        guard let text = try reader.optionalString("label") else { return nil }
        return try reader.checked("label") { () throws(ValidationError) in
            try SecurityLabel(text)
        }
    }
}
