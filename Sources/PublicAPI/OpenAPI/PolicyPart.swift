/// `/api/v1/policies`.
enum PolicyPart {
    static let part = OpenAPIPart(
        paths: ##"""
            "/api/v1/policies": {
              \##(OpenAPIParameters.ofEveryPath),
              "get": {
                "operationId": "getPolicies", "tags": ["policies"], "summary": "The access policies in force, now or behind an entry",
                \##(OpenAPIAccess.of(.readPolicies)),
                "parameters": [
                  {"name": "at", "in": "query", "description": "Index of an entry: those that were in force behind it.",
                   "schema": {"$ref": "#/components/schemas/Index"}, "example": 42},
                  {"name": "generation", "in": "query", "description": "Whose entry `at` names; given beside it alone.",
                   "schema": {"$ref": "#/components/schemas/Generation"}, "example": 1}
                ],
                "responses": {
                  "200": {
                    "description": "The policies. The ETag is of those in force now, and comes without `at`.",
                    "headers": {
                      \##(OpenAPIHeaders.of()),
                      "ETag": {"schema": {"type": "string", "pattern": "^\"[0-9]+\"$"}}
                    },
                    "content": {"application/json": {
                      "schema": {"$ref": "#/components/schemas/Policies"},
                      "example": {"version": 0, "compiledIn": true, "text": "permit (principal, action, resource);",
                        "textHash": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"}
                    }}
                  },
                  \##(ProblemPart.ofData(404))
                }
              },
              "put": {
                "operationId": "setPolicies", "tags": ["policies"], "summary": "Put others in force",
                "description": "The request is signed (RFC 9421) over `\"@method\" \"@path\" \"content-digest\"`, and `\"if-match\"` where that is sent; the signature stands in the ledger beside the text. 422 `invalid-policies` has `line` and `column`.",
                \##(OpenAPIAccess.of(.setPolicies)),
                "security": [{"bearer": [], "clientCertificate": []}],
                "parameters": [
                  {"name": "If-Match", "in": "header", "description": "The ETag of those that it replaces; whichever when absent.",
                   "schema": {"type": "string", "pattern": "^\"(0|[1-9][0-9]{0,15})\"$"}, "example": "\"0\""},
                  {"name": "Content-Digest", "in": "header", "description": "RFC 9530. What is signed is the digest of the body that came.",
                   "schema": {"type": "string"}, "example": "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"},
                  \##(OpenAPIParameters.refs("signatureInput", "signature"))
                ],
                "requestBody": {"required": true, "content": {
                  "text/plain": {"schema": {"type": "string", "minLength": 1}, "example": "permit (principal, action, resource);"},
                  "application/cedar": {"schema": {"type": "string", "minLength": 1}, "example": "permit (principal, action, resource);"}
                }},
                "responses": {
                  "200": {
                    "description": "In force.",
                    "headers": {\##(OpenAPIHeaders.of("ETag", "Link"))},
                    "content": {"application/json": {
                      "schema": {"$ref": "#/components/schemas/PoliciesSet"},
                      "example": {"version": 1, "generation": 1, "index": 42,
                        "textHash": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"}
                    }}
                  },
                  \##(ProblemPart.ofData(409, 412, 413, 415, 422))
                }
              }
            }
            """##,
        schemas: ##"""
            "Policies": {
              "type": "object", "required": ["version"],
              "properties": {
                "version": {"description": "0: compiled in.", "type": "integer", "minimum": 0},
                "generation": {"$ref": "#/components/schemas/Generation"},
                "index": {"description": "The entry that put them in force.", "$ref": "#/components/schemas/Index"},
                "setBy": {"type": "string"},
                "setAt": {"$ref": "#/components/schemas/Time"},
                "compiledIn": {"const": true},
                "textHash": {"$ref": "#/components/schemas/Hash"},
                "text": {"description": "In Cedar's language; absent of those that were compiled into a program of the past.", "type": "string"}
              }
            },
            "PoliciesSet": {
              "type": "object", "required": ["version", "generation", "index", "textHash"],
              "properties": {
                "version": {"type": "integer", "minimum": 1},
                "generation": {"$ref": "#/components/schemas/Generation"},
                "index": {"$ref": "#/components/schemas/Index"},
                "textHash": {"$ref": "#/components/schemas/Hash"}
              }
            }
            """##)
}
