/// What counts as one client: one of them has an IPv4 address, and of IPv6 a whole /64.
public enum ClientNetwork {
    /// - Parameter address: numeric, as inet_ntop(3) spells it.
    /// - Returns: an IPv4 address as it is; of an IPv6 one the first 64 bits, its first four groups.
    public static func of(_ address: String) -> String {
        guard address.contains(":") else { return address }
        let halves = address.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
        var groups = halves[0].split(separator: ":")
        if halves.count == 2 {
            let tail = halves[1].split(separator: ":").count
            groups += [Substring](repeating: "0", count: max(0, 8 - groups.count - tail))
            groups += halves[1].split(separator: ":")
        }
        return groups.prefix(4).joined(separator: ":") + "::/64"
    }
}
