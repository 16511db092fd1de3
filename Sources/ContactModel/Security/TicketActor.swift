/// Whose name stands over what is done on a ticket: the entry that is its authority. No token's subject begins so.
public enum TicketActor {
    public static let prefix = "ticket:"

    public static func name(generation: UInt64, index: UInt64) -> String {
        "\(prefix)\(generation).\(index)"
    }

    public static func isOne(_ actor: String) -> Bool { actor.hasPrefix(prefix) }
}
