/// What the document says of the whole API.
enum OpenAPIInfo {
    static let members = #"""
        "info": {
          "title": "Chancery",
          "version": "1.0.0",
          "summary": "A ledger of contacts whose every change can be verified without trusting it.",
          "description": "A 2xx for a mutation means: the entry is chained, on disk and covered by a signed checkpoint. A 2xx for a read means: it is in the audit trail.\n\nErrors are problem documents (RFC 9457): branch on `code`. Statuses of every route beside those listed: 405 with `Allow` for a method that it does not take, 404 for an unknown path. A 503 means that nothing was acknowledged; `outcome-unknown` alone leaves open whether it was recorded.\n\nFields and query parameters that are not described are refused, `null` counts as absent, and each query parameter is given once. Each GET answers HEAD. `x-roles` names the roles of which a token needs one, `x-action` what the audit trail calls the request.",
          "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}
        },
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "servers": [{"url": "/", "description": "The gateway that serves this document."}],
        "security": [{"bearer": []}],
        "tags": [
          {"name": "contacts", "description": "People, as they are today."},
          {"name": "sharing", "description": "To whom data was given."},
          {"name": "provenance", "description": "Where data came from."},
          {"name": "dsr", "description": "Data subjects' requests (GDPR, chapter III; CCPA)."},
          {"name": "enrichments", "description": "Vendors are asked about contacts."},
          {"name": "mutations", "description": "Changes in bulk."},
          {"name": "audit", "description": "Who did what."},
          {"name": "ledger", "description": "Evidence: entries, receipts, proofs, the published tree (C2SP tlog-tiles)."},
          {"name": "keys", "description": "What signs and encrypts."},
          {"name": "policies", "description": "Access policies in Cedar's language."},
          {"name": "service", "description": "The service itself: probes, this document."}
        ]
        """#

    static let securitySchemes = #"""
        "bearer": {
          "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
          "description": "A JWT access token (RFC 9068) of the site's issuer, signed with ES384, PS256 or RS256, at most a day long; `roles` and `clearance` say what it may. With `cnf` `x5t#S256` (RFC 8705) it counts only beside that client certificate."
        },
        "callbackToken": {
          "type": "apiKey", "in": "header", "name": "Callback-Token",
          "description": "What a vendor was handed of `callbacks` with the question: it counts for one answer to one attempt."
        },
        "clientCertificate": {
          "type": "mutualTLS",
          "description": "The client certificate that the token is bound to (RFC 8705)."
        }
        """#
}
