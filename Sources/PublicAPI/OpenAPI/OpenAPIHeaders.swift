/// Headers of answers.
enum OpenAPIHeaders {
    /// Members of `headers` of every answer but a probe's; `more` are names of others.
    static func of(_ more: String...) -> String { of(more) }

    static func of(_ more: [String]) -> String {
        (["X-Request-ID", "traceparent", "RateLimit", "RateLimit-Policy", "X-RateLimit-Remaining"]
            + more).map { ##""\##($0)":{"$ref":"#/components/headers/\##($0)"}"## }
            .joined(separator: ",")
    }

    static let members = #"""
        "X-Request-ID": {
          "description": "The request's, or one drawn for it; it stands in the audit trail.",
          "required": true,
          "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,128}$"}
        },
        "traceparent": {
          "description": "W3C Trace Context: the trace goes on under an id of ours.",
          "required": true,
          "schema": {"type": "string", "pattern": "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"}
        },
        "RateLimit-Policy": {
          "description": "draft-ietf-httpapi-ratelimit-headers: requests in so many seconds, for each quota that was counted.",
          "schema": {"type": "string", "examples": ["\"address\";q=60000;w=60"]}
        },
        "RateLimit": {
          "description": "draft-ietf-httpapi-ratelimit-headers: what is left of each quota, and the seconds until it is full.",
          "schema": {"type": "string", "examples": ["\"address\";r=59999;t=1"]}
        },
        "X-RateLimit-Remaining": {
          "description": "The least of what is left.",
          "schema": {"type": "integer", "minimum": 0}
        },
        "ETag": {
          "description": "A strong entity tag (RFC 9110, section 8.8.3).",
          "required": true,
          "schema": {"type": "string", "pattern": "^\"[!#-~]+\"$"}
        },
        "Link": {
          "description": "Receipts of the entries that were written, `rel=\"receipt\"` (RFC 8288).",
          "required": true,
          "schema": {"type": "string", "examples": ["</api/v1/ledger/entries/42/receipt>; rel=\"receipt\""]}
        },
        "Location": {
          "description": "Path of what was made.",
          "required": true,
          "schema": {"type": "string", "format": "uri-reference"}
        },
        "Idempotent-Replayed": {
          "description": "The request was done before, under the same key; this is the answer it got.",
          "schema": {"type": "string", "const": "true"}
        },
        "Preference-Applied": {
          "description": "RFC 7240: what of Prefer was done; then there is no body.",
          "schema": {"type": "string", "const": "return=minimal"}
        },
        "Retry-After": {
          "description": "Seconds.",
          "schema": {"type": "integer", "minimum": 0}
        },
        "WWW-Authenticate": {
          "description": "RFC 6750, section 3.",
          "schema": {"type": "string", "examples": ["Bearer realm=\"chancery\", error=\"invalid_token\""]}
        },
        "Allow": {
          "description": "The methods that the resource takes.",
          "required": true,
          "schema": {"type": "string", "examples": ["GET, HEAD"]}
        },
        "Cache-Control": {
          "description": "How long it may be kept; `no-store` unless said here.",
          "required": true,
          "schema": {"type": "string"}
        },
        "X-JWS-Signature": {
          "description": "With `signature=jws`: a detached JWS (RFC 7515, appendix F; ES384) over the exact bytes of the answer.",
          "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]+\\.\\.[A-Za-z0-9_-]+$"}
        },
        "Content-Disposition": {
          "description": "A file name for the answer.",
          "required": true,
          "schema": {"type": "string"}
        }
        """#
}
