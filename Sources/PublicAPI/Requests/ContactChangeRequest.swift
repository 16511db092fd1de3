import ContactModel
import ContactServices
import Foundation

/// `{email, fullName?}`: the whole of what is replaced.
enum ContactChangeRequest {
    static func change(_ body: Data) throws(ServiceError) -> ContactChange {
        var reader = try ObjectReader(JSONReader.read(body))
        let rawEmail = try reader.string("email")
        let rawName = try reader.optionalString("fullName")
        try reader.finish()
        let email = try reader.checked("email") { () throws(ValidationError) in
            try EmailAddress(rawEmail)
        }
        var name: PersonName?
        if let rawName {
            name = try reader.checked("fullName") { () throws(ValidationError) in
                try PersonName(rawName)
            }
        }
        return ContactChange(email: email, fullName: name)
    }
}
