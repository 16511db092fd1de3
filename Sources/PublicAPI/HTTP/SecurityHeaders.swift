import HTTPTypes

/// What every answer says to browsers, though nothing here is meant for one: this is data, to be shown by nobody else's page.
enum SecurityHeaders {
    static func write(_ fields: inout HTTPFields) {
        fields[.xContentTypeOptions] = "nosniff"
        fields[.strictTransportSecurity] = "max-age=31536000"
        fields[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        fields[HeaderNames.referrerPolicy] = "no-referrer"
        if fields[.cacheControl] == nil { fields[.cacheControl] = "no-store" }
    }
}
