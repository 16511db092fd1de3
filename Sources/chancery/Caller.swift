/// In whose name this command asks: development identities that `chancery up` makes, each for what its role may.
enum Caller: CaseIterable, Sendable {
    case `operator`, administrator

    var role: String {
        switch self {
        case .operator: "operator"
        case .administrator: "administrator"
        }
    }

    var subject: String { "chancery-" + role }

    func identity(_ home: Home) -> ClientIdentity {
        ClientIdentity(
            certificate: "\(home.pki)/\(role).pem", key: "\(home.pki)/\(role).key")
    }
}
