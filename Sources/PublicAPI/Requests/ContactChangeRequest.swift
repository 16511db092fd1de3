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
        let person = try PersonFields.checked(email: rawEmail, fullName: rawName, in: reader)
        return ContactChange(email: person.email, fullName: person.fullName)
    }
}
