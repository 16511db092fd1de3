extension PolicySet {
    /// `policies/default.cedar`, compiled in.
    public static let defaultText = String(decoding: PackageResources.default_cedar, as: UTF8.self)

    /// - Throws: `PolicySyntaxError` for a build whose text does not parse: no test lets one out.
    public static func standard() throws(PolicySyntaxError) -> PolicySet {
        try PolicySet(defaultText)
    }
}
