import ContactModel
import ContactServices

/// `email` and `fullName`: who a contact is.
enum PersonFields {
    /// - Parameters:
    ///   - email: as it was read from `reader`.
    ///   - fullName: likewise; nil: none was given.
    static func checked(
        email: String, fullName: String?, in reader: ObjectReader
    ) throws(ServiceError) -> (email: EmailAddress, fullName: PersonName?) {
        let address = try reader.checked("email") { () throws(ValidationError) in
            try EmailAddress(email)
        }
        guard let fullName else { return (address, nil) }
        let name = try reader.checked("fullName") { () throws(ValidationError) in
            try PersonName(fullName)
        }
        return (address, name)
    }
}
