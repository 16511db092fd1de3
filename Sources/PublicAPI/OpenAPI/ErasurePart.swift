/// What comes of an erasure: who is to be told of it, and its certificate.
enum ErasurePart {
    static let part = OpenAPIPart(
        paths: [notices, delivery, certificate].joined(separator: ","), schemas: schemas)

    private static let id = #"""
        {"name": "id", "in": "path", "required": true,
         "description": "A request's id, or the `erasureId` that the contact's DELETE answered.",
         "schema": {"type": "string", "format": "uuid"}, "example": "019b76da-a800-7d59-8cd4-bf549b76b091"}
        """#

    private static let example = #"""
        {"notices": [{"recipient": "crm-7", "state": "NOTIFIED", "queued": "/api/v1/ledger/entries/52/receipt?generation=1",
          "notifiedAt": "2026-01-31T09:30:00.000000Z", "channel": "EMAIL", "notified": "/api/v1/ledger/entries/60/receipt?generation=1"}]}
        """#

    private static let notices = ##"""
        "/api/v1/dsr/{id}/notices": {
          \##(OpenAPIParameters.ofEveryPath),
          "get": {
            "operationId": "getNotices", "tags": ["dsr"], "summary": "Who is to be told (Article 19), and who was",
            "description": "Of a correction, a restriction or an erasure. It outlives the contact.",
            \##(OpenAPIAccess.of(.answerRequest)),
            "parameters": [\##(id)],
            "responses": {
              "200": {
                "description": "By name.",
                "headers": {\##(OpenAPIHeaders.of())},
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Notices"}, "example": \##(example)}}
              },
              \##(ProblemPart.ofData(404))
            }
          }
        }
        """##

    private static let delivery = ##"""
        "/api/v1/dsr/{id}/notices/{recipient}": {
          \##(OpenAPIParameters.ofEveryPath),
          "post": {
            "operationId": "noteDelivery", "tags": ["dsr"], "summary": "A recipient was told",
            "description": "Once: 409 for one who was told already, 404 for one who is not to be told.",
            \##(OpenAPIAccess.of(.workRequest)),
            "parameters": [
              \##(id),
              {"name": "recipient", "in": "path", "required": true, "description": "The id of a system.",
               "schema": {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$"}, "example": "crm-7"}
            ],
            "requestBody": {"required": true, "content": {"application/json": {
              "schema": {"$ref": "#/components/schemas/NewDelivery"}, "example": {"channel": "EMAIL"}
            }}},
            "responses": {
              "200": {
                "description": "All of them, as it is now.",
                "headers": {\##(OpenAPIHeaders.of())},
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Notices"}, "example": \##(example)}}
              },
              \##(ProblemPart.ofData(404, 409, 413, 415, 422))
            }
          }
        }
        """##

    private static let certificate = ##"""
        "/api/v1/dsr/{id}/certificate": {
          \##(OpenAPIParameters.ofEveryPath),
          "get": {
            "operationId": "getCertificate", "tags": ["dsr"], "summary": "The signed certificate of an erasure",
            "description": "Canonical JSON (FORMAT 9.14), as `chancery-verify --certificate` takes it; made and signed anew each time. 409 `illegal-step` where nobody was erased, or not yet.",
            \##(OpenAPIAccess.of(.answerRequest)),
            "parameters": [\##(id)],
            "responses": {
              "200": {
                "description": "The certificate.",
                "headers": {\##(OpenAPIHeaders.of("Content-Disposition"))},
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErasureCertificate"}}}
              },
              \##(ProblemPart.ofData(404, 409))
            }
          }
        }
        """##

    static let noticeMembers = ##"""
        "notices": {"description": "Who is to be told (Article 19), by name.", "type": "array", "items": {"$ref": "#/components/schemas/Notice"}},
        "omittedRecipients": {"description": "How many more are to be told, and had no room beside the order to erase: those of the contact's SharingRecorded entries that are not listed.", "type": "integer", "minimum": 1}
        """##

    private static let schemas = ##"""
        "NoticeChannel": {"enum": ["API", "EMAIL", "POST", "PHONE", "PORTAL", "IN_PERSON"]},
        "NewDelivery": {
          "type": "object", "additionalProperties": false, "required": ["channel"],
          "properties": {
            "channel": {"$ref": "#/components/schemas/NoticeChannel"},
            "notifiedAt": {"description": "RFC 3339, not in the future; now when absent.", "type": ["string", "null"], "format": "date-time"}
          }
        },
        "Notices": {
          "type": "object", "required": ["notices"],
          "properties": {\##(noticeMembers)}
        },
        "Notice": {
          "type": "object", "required": ["recipient", "state", "queued"],
          "properties": {
            "recipient": {"description": "The id of a system.", "type": "string"},
            "state": {"enum": ["QUEUED", "NOTIFIED"]},
            "queued": {"description": "Where the receipt of the entry is.", "type": "string", "format": "uri-reference"},
            "notifiedAt": {"$ref": "#/components/schemas/Time"},
            "channel": {"$ref": "#/components/schemas/NoticeChannel"},
            "notified": {"type": "string", "format": "uri-reference"}
          }
        },
        "ErasureCertificate": {
          "description": "`signature` is a detached JWS (ES384) over the canonical bytes of `certificate`.",
          "type": "object", "required": ["certificate", "signature"],
          "properties": {
            "certificate": {
              "type": "object",
              "required": ["format", "subject", "origin", "generation", "issuedAt", "erasedAt", "epochBefore", "epochAfter", "escrow", "exceptions", "recipients", "omittedRecipients", "entries"],
              "properties": {
                "format": {"const": "chancery-erasure/1"},
                "subject": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
                "origin": {"type": "string"}, "generation": {"$ref": "#/components/schemas/Generation"},
                "issuedAt": {"$ref": "#/components/schemas/Time"}, "erasedAt": {"$ref": "#/components/schemas/Time"},
                "epochBefore": {"type": "integer", "minimum": 0}, "epochAfter": {"type": "integer", "minimum": 0},
                "escrow": {
                  "description": "Escrow from before the erasure, as the keeper knows of it; null: none that its keystore knows of.",
                  "type": ["object", "null"], "required": ["destroyed", "lastDestroyedAt", "remaining"],
                  "properties": {
                    "destroyed": {"type": "integer", "minimum": 0}, "lastDestroyedAt": {"type": ["string", "null"]},
                    "remaining": {"type": "array", "items": {
                      "type": "object", "required": ["epoch", "issuedAt", "until"],
                      "properties": {
                        "epoch": {"type": "integer", "minimum": 0}, "issuedAt": {"$ref": "#/components/schemas/Time"},
                        "until": {"description": "No date ends it.", "const": "DESTROYED"}
                      }
                    }}
                  }
                },
                "exceptions": {"type": "array", "items": {"$ref": "#/components/schemas/Reason"}},
                "recipients": {"type": "array", "items": {"type": "string"}},
                "omittedRecipients": {"type": "integer", "minimum": 0},
                "entries": {"type": "array", "minItems": 2, "items": {
                  "type": "object", "required": ["header", "payload", "receipt"],
                  "properties": {
                    "header": {"type": "string", "contentEncoding": "base64"}, "payload": {"type": "string", "contentEncoding": "base64"},
                    "receipt": {"type": "string", "contentEncoding": "base64"}
                  }
                }}
              }
            },
            "signature": {"type": "string"}
          }
        }
        """##
}
