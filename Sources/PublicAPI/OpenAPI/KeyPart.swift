/// `/api/v1/keys`.
enum KeyPart {
    static let part = OpenAPIPart(
        paths: ##"""
            "/api/v1/keys": {
              \##(OpenAPIParameters.ofEveryPath),
              "get": {
                "operationId": "listKeys", "tags": ["keys"], "summary": "The keys of the current generation",
                \##(OpenAPIAccess.of(.listKeys)),
                "responses": {"200": \##(list), \##(ProblemPart.ofData())}
              }
            },
            "/api/v1/keys/{use}/rotate": {
              \##(OpenAPIParameters.ofEveryPath),
              "post": {
                "operationId": "rotateKey", "tags": ["keys"], "summary": "Put another key in the place of one",
                "description": "What it signed verifies for ever; its private half is destroyed. The request is signed (RFC 9421).",
                \##(OpenAPIAccess.of(.rotateKey)),
                "security": [{"bearer": [], "clientCertificate": []}],
                "parameters": [
                  {"name": "use", "in": "path", "required": true,
                   "schema": {"enum": ["checkpoint", "segment-manifest", "data"]}, "example": "checkpoint"},
                  \##(OpenAPIParameters.refs("signatureInput", "signature"))
                ],
                "responses": {"200": \##(list), \##(ProblemPart.ofData(409))}
              }
            }
            """##,
        schemas: ##"""
            "KeyList": {
              "type": "object", "required": ["keys", "dayKeys"],
              "properties": {
                "keys": {"type": "array", "items": {"$ref": "#/components/schemas/Key"}},
                "dayKeys": {
                  "description": "What encrypts values, another each day; none is listed before something was encrypted.",
                  "type": "object", "required": ["count"],
                  "properties": {
                    "active": {"type": "string"}, "oldest": {"type": "string"}, "count": {"type": "integer", "minimum": 0}
                  }
                }
              }
            },
            "Key": {
              "description": "FORMAT.md, section 8.",
              "type": "object",
              "required": ["use", "name", "keyId", "algorithm", "publicKey", "fromSize", "destroyed"],
              "properties": {
                "use": {"enum": ["checkpoint", "segment-manifest", "receipt", "attestation"]},
                "name": {"type": "string"},
                "keyId": {"type": "string", "pattern": "^([0-9a-f]{8}){1,2}$"},
                "algorithm": {"enum": ["Ed25519", "ECDSA-P256-SHA256", "ECDSA-P384-SHA384", "RSASSA-PSS-4096-SHA256"]},
                "publicKey": {"description": "32 bytes of Ed25519, else SPKI DER.", "$ref": "#/components/schemas/Base64"},
                "fromSize": {"description": "First tree size that it counts for.", "$ref": "#/components/schemas/TreeSize"},
                "untilSize": {"description": "Last one; absent while it is in use.", "$ref": "#/components/schemas/TreeSize"},
                "destroyed": {"description": "Its private half is no more.", "type": "boolean"},
                "activatedAt": {"description": "Entry that announced it.", "$ref": "#/components/schemas/Index"},
                "retiredAt": {"description": "Entry that retired it.", "$ref": "#/components/schemas/Index"}
              }
            }
            """##)

    private static let list = ##"""
        {
          "description": "The keys.",
          "headers": {\##(OpenAPIHeaders.of())},
          "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/KeyList"},
            "example": {"keys": [{"use": "checkpoint", "name": "chancery.localhost", "keyId": "0a1b2c3d", "algorithm": "Ed25519",
              "publicKey": "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=", "fromSize": 0, "destroyed": false}],
              "dayKeys": {"active": "DEK-20260131", "oldest": "DEK-20260131", "count": 1}}
          }}
        }
        """##
}
