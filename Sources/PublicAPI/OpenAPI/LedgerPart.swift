/// `/api/v1/ledger`, but for proofs: entries, receipts, and what the operator does.
enum LedgerPart {
    static let part = OpenAPIPart(
        paths: [entries, operations].joined(separator: ","), schemas: schemas)

    private static let entries = ##"""
        "/api/v1/ledger/entries/{index}": {
          \##(OpenAPIParameters.ofEveryPath),
          "get": {
            "operationId": "getEntry", "tags": ["ledger"], "summary": "Read an entry as it is stored",
            "description": "Personal data in it stays encrypted.",
            \##(OpenAPIAccess.of(.readEntry)),
            "parameters": [\##(OpenAPIParameters.refs("entryIndex", "generation"))],
            "responses": {
              "200": {
                "description": "The entry.",
                "headers": {\##(OpenAPIHeaders.of())},
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Entry"}}}
              },
              \##(ProblemPart.ofData(404))
            }
          }
        },
        "/api/v1/ledger/entries/{index}/receipt": {
          \##(OpenAPIParameters.ofEveryPath),
          "get": {
            "operationId": "getReceipt", "tags": ["ledger"], "summary": "The receipt of an entry",
            "description": "A C2SP tlog-proof with the header's bytes as `extra`; `chancery-verify` checks it without the server.",
            \##(OpenAPIAccess.of(.readReceipt)),
            "parameters": [
              \##(OpenAPIParameters.refs("entryIndex", "generation")),
              {"name": "signature", "in": "query", "description": "`jws`: with a detached JWS in X-JWS-Signature.",
               "schema": {"enum": ["jws"]}, "example": "jws"}
            ],
            "responses": {
              "200": {
                "description": "The proof.",
                "headers": {\##(OpenAPIHeaders.of("Content-Disposition", "X-JWS-Signature"))},
                "content": {"text/plain": {"schema": {"type": "string", "pattern": "^c2sp\\.org/tlog-proof@v1\n"}}}
              },
              \##(ProblemPart.ofData(404))
            }
          }
        }
        """##

    private static let operations = ##"""
        "/api/v1/ledger/seal": {
          \##(OpenAPIParameters.ofEveryPath),
          "post": {
            "operationId": "sealSegment", "tags": ["ledger"], "summary": "Seal the open segment",
            "description": "Its successor takes appends at once. Where the site wants certificates of operators, the token is bound to one.",
            \##(OpenAPIAccess.of(.sealSegment)),
            "security": [{"bearer": []}, {"bearer": [], "clientCertificate": []}],
            "responses": {
              "200": {
                "description": "Sealed.",
                "headers": {\##(OpenAPIHeaders.of())},
                "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/Seal"},
                  "example": {"segment": 1, "firstIndex": 0, "count": 10042,
                    "manifestHash": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"}
                }}
              },
              \##(ProblemPart.ofData(409))
            }
          }
        },
        "/api/v1/ledger/clock-correction": {
          \##(OpenAPIParameters.ofEveryPath),
          "post": {
            "operationId": "correctClock", "tags": ["ledger"], "summary": "Say that the clock is right",
            "description": "After it was set back: writes go on, and the one decrease of time stands in the ledger.",
            \##(OpenAPIAccess.of(.correctClock)),
            "security": [{"bearer": []}, {"bearer": [], "clientCertificate": []}],
            "responses": {
              "200": {
                "description": "On record.",
                "headers": {\##(OpenAPIHeaders.of())},
                "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/ClockCorrection"}, "example": {"auditIndex": 43, "treeSize": 44}
                }}
              },
              \##(ProblemPart.ofData(409))
            }
          }
        }
        """##

    private static let schemas = ##"""
        "Entry": {
          "type": "object", "required": ["index", "header", "headerBytes", "payload", "leafHash"],
          "properties": {
            "index": {"$ref": "#/components/schemas/Index"},
            "header": {"$ref": "#/components/schemas/EntryHeader"},
            "headerBytes": {"description": "The canonical bytes that are hashed.", "$ref": "#/components/schemas/Base64"},
            "payload": {"description": "JSON, as stored.", "$ref": "#/components/schemas/Base64"},
            "leafHash": {"$ref": "#/components/schemas/Hash"}
          }
        },
        "EntryHeader": {
          "description": "FORMAT.md, section 2.1.",
          "type": "object",
          "required": ["actor", "format", "generation", "id", "index", "label", "payloadHash", "previous", "stream", "subject", "subjectPrevious", "subjectVersion", "time", "type"],
          "properties": {
            "actor": {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$"},
            "format": {"const": 1},
            "generation": {"$ref": "#/components/schemas/Generation"},
            "id": {"description": "A UUIDv7.", "type": "string", "format": "uuid"},
            "index": {"$ref": "#/components/schemas/Index"},
            "label": {"$ref": "#/components/schemas/Label"},
            "payloadHash": {"$ref": "#/components/schemas/Hash"},
            "previous": {"description": "Leaf hash of the entry before; null at index 0.", "anyOf": [{"$ref": "#/components/schemas/Hash"}, {"type": "null"}]},
            "stream": {"enum": ["contact", "consent", "provenance", "sharing", "dsr", "audit", "policy", "key", "segment"]},
            "subject": {"description": "Random tag of a contact.", "type": ["string", "null"], "pattern": "^[0-9a-f]{32}$"},
            "subjectPrevious": {"anyOf": [{"$ref": "#/components/schemas/Index"}, {"type": "null"}]},
            "subjectVersion": {"type": ["integer", "null"], "minimum": 1},
            "time": {"$ref": "#/components/schemas/Time"},
            "type": {"type": "string", "pattern": "^[A-Z][A-Za-z0-9]{0,63}$"}
          }
        },
        "Seal": {
          "type": "object", "required": ["segment", "firstIndex", "count", "manifestHash"],
          "properties": {
            "segment": {"type": "integer", "minimum": 1},
            "firstIndex": {"$ref": "#/components/schemas/Index"},
            "count": {"type": "integer", "minimum": 1},
            "manifestHash": {"$ref": "#/components/schemas/Hash"}
          }
        },
        "ClockCorrection": {
          "type": "object", "required": ["auditIndex", "treeSize"],
          "properties": {
            "auditIndex": {"$ref": "#/components/schemas/Index"},
            "treeSize": {"$ref": "#/components/schemas/TreeSize"}
          }
        }
        """##
}
