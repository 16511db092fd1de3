/// `/api/v1/contacts/{id}/holds`.
enum HoldPart {
    static let part = OpenAPIPart(
        paths: [holds, release].joined(separator: ","), schemas: schemas)

    private static let example = #"""
        {"id": "d1e2f3a4-b5c6-4d7e-8f90-a1b2c3d4e5f6", "reason": "COURT_ORDER", "state": "IN_FORCE",
         "placedAt": "2026-01-31T09:30:00.000000Z", "generation": 1, "index": 47}
        """#

    private static let holds = ##"""
        "/api/v1/contacts/{id}/holds": {
          \##(OpenAPIParameters.ofEveryPath),
          "get": {
            "operationId": "getHolds", "tags": ["contacts"], "summary": "Legal holds of a contact, the oldest first",
            \##(OpenAPIAccess.of(.readHolds)),
            "parameters": [\##(OpenAPIParameters.refs("contactID"))],
            "responses": {
              "200": {
                "description": "Also those that are over, or released.",
                "headers": {\##(OpenAPIHeaders.of())},
                "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/Holds"}, "example": {"holds": [\##(example)]}
                }}
              },
              \##(ProblemPart.ofData(404))
            }
          },
          "post": {
            "operationId": "placeHold", "tags": ["contacts"], "summary": "Keep a contact from being erased",
            "description": "While it is in force the contact's DELETE is 409 `legal-hold`.",
            \##(OpenAPIAccess.of(.placeHold)),
            "parameters": [\##(OpenAPIParameters.refs("contactID", "idempotencyKey"))],
            "requestBody": {"required": true, "content": {"application/json": {
              "schema": {"$ref": "#/components/schemas/NewHold"}, "example": {"reason": "COURT_ORDER"}
            }}},
            "responses": {
              "201": {
                "description": "Placed.",
                "headers": {\##(OpenAPIHeaders.of("Location", "Link", "Idempotent-Replayed"))},
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Hold"}, "example": \##(example)}},
                "links": {
                  "release": {"operationId": "releaseHold",
                    "parameters": {"path.id": "$request.path.id", "path.hold": "$response.body#/id"}}
                }
              },
              \##(ProblemPart.ofData(404, 409, 413, 415, 422))
            }
          }
        }
        """##

    private static let release = ##"""
        "/api/v1/contacts/{id}/holds/{hold}": {
          \##(OpenAPIParameters.ofEveryPath),
          "delete": {
            "operationId": "releaseHold", "tags": ["contacts"], "summary": "Release a legal hold",
            "description": "404 once it is released.",
            \##(OpenAPIAccess.of(.releaseHold)),
            "security": [{"bearer": [], "clientCertificate": []}],
            "parameters": [
              {"name": "hold", "in": "path", "required": true, "description": "The hold's id.",
               "schema": {"type": "string", "format": "uuid"}, "example": "d1e2f3a4-b5c6-4d7e-8f90-a1b2c3d4e5f6"},
              \##(OpenAPIParameters.refs("contactID", "idempotencyKey"))
            ],
            "responses": {
              "200": {
                "description": "As it is now.",
                "headers": {\##(OpenAPIHeaders.of("Link", "Idempotent-Replayed"))},
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Hold"}, "example": \##(example)}}
              },
              \##(ProblemPart.ofData(404, 409, 422))
            }
          }
        }
        """##

    private static let schemas = ##"""
        "HoldReason": {"enum": ["COURT_ORDER", "AUTHORITY_ORDER", "LEGAL_CLAIMS", "STATUTORY_RETENTION"]},
        "NewHold": {
          "type": "object", "additionalProperties": false, "required": ["reason"],
          "properties": {
            "reason": {"$ref": "#/components/schemas/HoldReason"},
            "until": {"description": "RFC 3339, ahead; until it is released when absent.", "type": ["string", "null"], "format": "date-time"}
          }
        },
        "Holds": {
          "type": "object", "required": ["holds"],
          "properties": {"holds": {"type": "array", "items": {"$ref": "#/components/schemas/Hold"}}}
        },
        "Hold": {
          "type": "object", "required": ["id", "reason", "state", "placedAt", "generation", "index"],
          "properties": {
            "id": {"$ref": "#/components/schemas/ContactID"},
            "reason": {"$ref": "#/components/schemas/HoldReason"},
            "state": {"enum": ["IN_FORCE", "OVER", "RELEASED"]},
            "placedAt": {"$ref": "#/components/schemas/Time"},
            "until": {"$ref": "#/components/schemas/Time"},
            "releasedAt": {"$ref": "#/components/schemas/Time"},
            "generation": {"$ref": "#/components/schemas/Generation"},
            "index": {"description": "Of its LegalHoldPlaced.", "$ref": "#/components/schemas/Index"}
          }
        }
        """##
}
