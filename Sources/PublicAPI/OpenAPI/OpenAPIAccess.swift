import ContactServices

/// Who may, from the permit table itself.
enum OpenAPIAccess {
    /// Members of an operation.
    static func of(_ action: Action) -> String {
        let roles = action.roles.map { "\"\($0.rawValue)\"" }.sorted().joined(separator: ",")
        return ##""x-action":"\##(action.rawValue)","x-roles":[\##(roles)]"##
    }
}
