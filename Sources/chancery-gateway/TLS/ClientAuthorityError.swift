/// Why client certificates, or one of them, do not count.
struct ClientAuthorityError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
