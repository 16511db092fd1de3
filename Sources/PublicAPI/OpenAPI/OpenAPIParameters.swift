/// Parameters that several operations take.
enum OpenAPIParameters {
    /// Member of a path item.
    static let ofEveryPath = ##"""
        "parameters": [
          {"$ref": "#/components/parameters/requestID"}, {"$ref": "#/components/parameters/traceparent"}
        ]
        """##

    /// Elements of an operation's `parameters`.
    static func refs(_ names: String...) -> String {
        names.map { ##"{"$ref":"#/components/parameters/\##($0)"}"## }.joined(separator: ",")
    }

    static let members = ##"""
        "requestID": {
          "name": "X-Request-ID", "in": "header",
          "description": "The client's name for the request; it stands in the audit trail for good.",
          "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,128}$"}, "example": "import-17.42"
        },
        "traceparent": {
          "name": "traceparent", "in": "header",
          "description": "W3C Trace Context; one that is malformed begins another trace.",
          "schema": {"type": "string"}, "example": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        },
        "purpose": {
          "name": "X-Purpose", "in": "header", "required": true,
          "description": "The purpose of processing, which a consent, or another legal basis, of the contact must cover.",
          "schema": {"$ref": "#/components/schemas/PurposeCode"}, "example": "sales"
        },
        "bulkPurpose": {
          "name": "X-Purpose", "in": "header",
          "description": "The purpose of all lines that name none.",
          "schema": {"$ref": "#/components/schemas/PurposeCode"}, "example": "sales"
        },
        "idempotencyKey": {
          "name": "Idempotency-Key", "in": "header",
          "description": "draft-ietf-httpapi-idempotency-key-header: a request that is repeated under its key gets the first one's answer. Remembered for 24 hours at least, forgotten after 48.",
          "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"}, "example": "8e03978e-40d5-43e8-bc93-6894a57f9324"
        },
        "contactID": {
          "name": "id", "in": "path", "required": true, "description": "The contact's id.",
          "schema": {"type": "string", "format": "uuid"}, "example": "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c"
        },
        "entryIndex": {
          "name": "index", "in": "path", "required": true,
          "description": "Index of the entry in its generation, from 0.",
          "schema": {"$ref": "#/components/schemas/Index"}, "example": 0
        },
        "generation": {
          "name": "generation", "in": "query",
          "description": "Of a generation that ended; the current one when absent.",
          "schema": {"$ref": "#/components/schemas/Generation"}, "example": 1
        },
        "ifMatch": {
          "name": "If-Match", "in": "header",
          "description": "RFC 9110, section 13.1.1: the ETag that the contact was read with; else 412.",
          "schema": {"$ref": "#/components/schemas/EntityTags"}, "example": "*"
        },
        "oneIfMatch": {
          "name": "If-Match", "in": "header",
          "description": "RFC 9110, section 13.1.1: the ETag that the contact was read with; else 412. One alone, or `*`.",
          "schema": {"anyOf": [{"const": "*"}, {"type": "string", "pattern": "^(W/)?\"[^\",]*\"$"}]}, "example": "*"
        },
        "requiredIfMatch": {
          "name": "If-Match", "in": "header", "required": true,
          "description": "RFC 9110, section 13.1.1: the ETag that the contact was read with, else 412; `*` for whatever is there. Without it 428.",
          "schema": {"$ref": "#/components/schemas/EntityTags"}, "example": "*"
        },
        "ifNoneMatch": {
          "name": "If-None-Match", "in": "header", "description": "RFC 9110, section 13.1.2: 304 where nothing has changed.",
          "schema": {"type": "string"}, "example": "\"42\""
        },
        "prefer": {
          "name": "Prefer", "in": "header",
          "description": "RFC 7240: `return=minimal` leaves the body of the answer out.",
          "schema": {"type": "string"}, "example": "return=minimal"
        },
        "asOf": {
          "name": "asOf", "in": "query",
          "description": "As the ledger stood then: at a time that is not ahead, or behind the entry of this index. What is shown is judged by what holds today.",
          "schema": {"anyOf": [{"$ref": "#/components/schemas/Index"}, {"$ref": "#/components/schemas/TimeSince1970"}]},
          "example": 42
        },
        "asOfGeneration": {
          "name": "generation", "in": "query", "description": "Whose entry `asOf` names; given beside an index alone.",
          "schema": {"$ref": "#/components/schemas/Generation"}, "example": 1
        },
        "cursor": {
          "name": "cursor", "in": "query", "description": "`next` of the page before.",
          "schema": {"$ref": "#/components/schemas/Cursor"}, "example": "1a"
        },
        "signatureInput": {
          "name": "Signature-Input", "in": "header", "required": true,
          "description": "RFC 9421: covers exactly `\"@method\" \"@path\" \"authorization\"`, with `created` (good for a minute), `nonce` (16 to 64 characters, once), `tag` (the log's origin, first line of `/ledger/checkpoint`), `keyid` (the certificate's `x5t#S256`) and `alg` (`ecdsa-p256-sha256` or `ecdsa-p384-sha384`).",
          "schema": {"type": "string"},
          "example": "sig1=(\"@method\" \"@path\" \"authorization\");created=1764255600;nonce=\"kM3pXv9QbY2sT7uW\";tag=\"chancery.localhost\";keyid=\"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2\";alg=\"ecdsa-p256-sha256\""
        },
        "signature": {
          "name": "Signature", "in": "header", "required": true,
          "description": "RFC 9421, by the key of the client certificate.",
          "schema": {"type": "string"}, "example": "sig1=:MEUCIQDx0pXv9QbY2sT7uWkM3pXv9QbY2sT7uWkM3pU=:"
        }
        """##
}
