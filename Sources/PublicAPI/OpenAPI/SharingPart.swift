/// `/api/v1/sharing`.
enum SharingPart {
    static let part = OpenAPIPart(
        paths: [record, one, lists].joined(separator: ","), schemas: schemas)

    private static let record = ##"""
        "/api/v1/sharing": {
          \##(OpenAPIParameters.ofEveryPath),
          "post": {
            "operationId": "recordSharing", "tags": ["sharing"], "summary": "Record that data is given to a recipient",
            "description": "Something of the legal basis that is named covers the purpose for the contact now, else 403 `purpose-not-covered`.",
            \##(OpenAPIAccess.of(.recordSharing)),
            "parameters": [\##(OpenAPIParameters.refs("purpose", "idempotencyKey"))],
            "requestBody": {"required": true, "content": {"application/json": {
              "schema": {"$ref": "#/components/schemas/NewSharing"},
              "example": {"contactId": "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c", "recipient": {"id": "crm-7", "name": "Example CRM Ltd"},
                "purpose": "sales", "legalBasis": "GDPR_ART6_1A", "attributes": ["email", "jobTitle"]}
            }}},
            "responses": {
              "201": {
                "description": "Recorded.",
                "headers": {\##(OpenAPIHeaders.of("Location", "Link", "Idempotent-Replayed"))},
                "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/SharingWritten"},
                  "example": {"id": "0b9a1c2d-3e4f-4a5b-8c6d-7e8f90a1b2c3", "contactId": "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c",
                    "createdAt": "2026-01-31T09:30:00.000000Z",
                    "receipt": {"generation": 1, "index": 42, "treeSize": 44,
                      "leafHash": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"}}
                }},
                "links": {
                  "read": {"operationId": "getSharing", "parameters": {"path.sharing": "$response.body#/id"}},
                  "revoke": {"operationId": "revokeSharing", "parameters": {"path.sharing": "$response.body#/id"}}
                }
              },
              \##(ProblemPart.ofPurpose(404, 409, 413, 415))
            }
          }
        }
        """##

    private static let sharingID = #"""
        {"name": "sharing", "in": "path", "required": true, "description": "The sharing's id.",
         "schema": {"type": "string", "format": "uuid"}, "example": "0b9a1c2d-3e4f-4a5b-8c6d-7e8f90a1b2c3"}
        """#

    private static let sharing = ##"""
        {
          "description": "The sharing.",
          "headers": {\##(OpenAPIHeaders.of("Link"))},
          "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Sharing"}, "example": \##(example)}}
        }
        """##

    private static let one = ##"""
        "/api/v1/sharing/{sharing}": {
          \##(OpenAPIParameters.ofEveryPath),
          "get": {
            "operationId": "getSharing", "tags": ["sharing"], "summary": "Read a sharing",
            \##(OpenAPIAccess.of(.readSharing)),
            "parameters": [\##(sharingID)],
            "responses": {"200": \##(sharing), \##(ProblemPart.ofData(404))}
          }
        },
        "/api/v1/sharing/{sharing}/revoke": {
          \##(OpenAPIParameters.ofEveryPath),
          "put": {
            "operationId": "revokeSharing", "tags": ["sharing"], "summary": "End a sharing",
            "description": "Again, it gets the same answer, of the first time.",
            \##(OpenAPIAccess.of(.revokeSharing)),
            "parameters": [\##(sharingID)],
            "responses": {"200": \##(sharing), \##(ProblemPart.ofData(404, 409))}
          }
        }
        """##

    private static let list = ##"""
        {
          "description": "A page, the newest first.",
          "headers": {\##(OpenAPIHeaders.of())},
          "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/SharingList"}, "example": {"sharings": [\##(example)]}
          }}
        }
        """##

    private static let limit = #"""
        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}, "example": 50}
        """#

    private static let lists = ##"""
        "/api/v1/sharing/contact/{id}": {
          \##(OpenAPIParameters.ofEveryPath),
          "get": {
            "operationId": "listSharingsOfContact", "tags": ["sharing"], "summary": "To whom a contact's data was given",
            \##(OpenAPIAccess.of(.readSharing)),
            "parameters": [\##(OpenAPIParameters.refs("contactID", "cursor")), \##(limit)],
            "responses": {"200": \##(list), \##(ProblemPart.ofData(404))}
          }
        },
        "/api/v1/sharing/recipient/{recipient}": {
          \##(OpenAPIParameters.ofEveryPath),
          "get": {
            "operationId": "listSharingsWithRecipient", "tags": ["sharing"], "summary": "What a recipient was given",
            \##(OpenAPIAccess.of(.readSharing)),
            "parameters": [
              {"name": "recipient", "in": "path", "required": true, "description": "The recipient's id.",
               "schema": {"$ref": "#/components/schemas/SourceIdentity"}, "example": "crm-7"},
              \##(OpenAPIParameters.refs("cursor")), \##(limit)
            ],
            "responses": {"200": \##(list), \##(ProblemPart.ofData(404, 422))}
          }
        }
        """##

    private static let example = #"""
        {"id": "0b9a1c2d-3e4f-4a5b-8c6d-7e8f90a1b2c3", "contactId": "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c",
         "recipient": {"id": "crm-7", "name": "Example CRM Ltd"}, "purpose": "sales", "legalBasis": "GDPR_ART6_1A",
         "attributes": ["email", "jobTitle"], "sharedAt": "2026-01-31T09:30:00.000000Z", "state": "active",
         "recorded": {"generation": 1, "index": 42}}
        """#

    private static let schemas = ##"""
        "SharedAttribute": {
          "description": "`email`, `fullName`, or an attribute's type.",
          "type": "string",
          "pattern": "^(email|fullName|jobTitle|company|department|seniority|industry|companySize|phone|location|website|linkedinUrl|x-[a-z0-9-]{1,61})$"
        },
        "NewSharing": {
          "type": "object", "additionalProperties": false,
          "required": ["contactId", "recipient", "purpose", "legalBasis", "attributes"],
          "properties": {
            "contactId": {"type": "string", "format": "uuid"},
            "recipient": {
              "type": "object", "additionalProperties": false, "required": ["id", "name"],
              "properties": {
                "id": {"description": "Names a system, never a person.", "type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$"},
                "name": {"description": "What the data subject is told; 256 bytes of UTF-8 at most.", "type": "string", "minLength": 1, "maxLength": 1024}
              }
            },
            "purpose": {"$ref": "#/components/schemas/PurposeCode"},
            "legalBasis": {"$ref": "#/components/schemas/LegalBasis"},
            "attributes": {
              "type": "array", "minItems": 1, "maxItems": 64, "uniqueItems": true,
              "items": {"$ref": "#/components/schemas/SharedAttribute"}
            },
            "sharedAt": {"description": "RFC 3339, not in the future; now when absent.", "type": ["string", "null"], "format": "date-time"},
            "expiresAt": {"description": "RFC 3339, later than sharedAt.", "type": ["string", "null"], "format": "date-time"}
          }
        },
        "SharingWritten": {
          "type": "object", "required": ["id", "contactId", "createdAt", "receipt"],
          "properties": {
            "id": {"description": "The sharing's.", "$ref": "#/components/schemas/ContactID"},
            "contactId": {"$ref": "#/components/schemas/ContactID"},
            "createdAt": {"$ref": "#/components/schemas/Time"},
            "receipt": {"$ref": "#/components/schemas/Receipt"}
          }
        },
        "Sharing": {
          "type": "object",
          "required": ["id", "contactId", "recipient", "purpose", "legalBasis", "attributes", "sharedAt", "state", "recorded"],
          "properties": {
            "id": {"$ref": "#/components/schemas/ContactID"},
            "contactId": {"$ref": "#/components/schemas/ContactID"},
            "recipient": {
              "type": "object", "required": ["id", "name"],
              "properties": {"id": {"type": "string"}, "name": {"type": "string"}}
            },
            "purpose": {"$ref": "#/components/schemas/PurposeCode"},
            "legalBasis": {"$ref": "#/components/schemas/LegalBasis"},
            "attributes": {"type": "array", "items": {"$ref": "#/components/schemas/SharedAttribute"}},
            "sharedAt": {"$ref": "#/components/schemas/Time"},
            "expiresAt": {"$ref": "#/components/schemas/Time"},
            "state": {"enum": ["active", "expired", "revoked"]},
            "revokedAt": {"$ref": "#/components/schemas/Time"},
            "recorded": {"$ref": "#/components/schemas/EntryReference"},
            "revoked": {"$ref": "#/components/schemas/EntryReference"}
          }
        },
        "SharingList": {
          "type": "object", "required": ["sharings"],
          "properties": {
            "sharings": {"type": "array", "maxItems": 100, "items": {"$ref": "#/components/schemas/Sharing"}},
            "next": {"description": "Absent: there is no more.", "$ref": "#/components/schemas/Cursor"}
          }
        }
        """##
}
