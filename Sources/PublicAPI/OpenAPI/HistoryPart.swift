/// `/api/v1/contacts/{id}/history`.
enum HistoryPart {
    static let part = OpenAPIPart(
        paths: ##"""
            "/api/v1/contacts/{id}/history": {
              \##(OpenAPIParameters.ofEveryPath),
              "get": {
                "operationId": "getHistory", "tags": ["contacts"], "summary": "Every value that a contact ever had",
                "description": "When it held, from whom, by which entry, and which one superseded it; the oldest first.",
                \##(OpenAPIAccess.of(.readHistory)),
                "parameters": [
                  \##(OpenAPIParameters.refs("contactID", "purpose", "asOf", "asOfGeneration", "cursor")),
                  {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 500, "default": 100}, "example": 100}
                ],
                "responses": {
                  "200": {
                    "description": "A page.",
                    "headers": {\##(OpenAPIHeaders.of())},
                    "content": {"application/json": {
                      "schema": {"$ref": "#/components/schemas/History"}, "example": \##(example)
                    }}
                  },
                  \##(ProblemPart.ofPurpose(404))
                }
              }
            }
            """##,
        schemas: schemas)

    private static let example = #"""
        {"values": [{"field": "email", "value": "jane@example.com", "label": "s1/i1",
          "validFrom": "2026-01-31T09:30:00.000000Z", "recordedAt": "2026-01-31T09:30:00.000000Z",
          "recordedBy": "platform-1", "entry": {"generation": 1, "index": 42}}], "partial": false}
        """#

    private static let schemas = ##"""
        "History": {
          "type": "object", "required": ["values", "partial"],
          "properties": {
            "values": {"type": "array", "maxItems": 32000, "items": {"$ref": "#/components/schemas/PastValue"}},
            "next": {"description": "Absent: there is no more.", "$ref": "#/components/schemas/Cursor"},
            "partial": {"description": "Values were left out that the caller is not cleared for.", "type": "boolean"}
          }
        },
        "PastValue": {
          "type": "object",
          "required": ["field", "value", "label", "validFrom", "recordedAt", "recordedBy", "entry"],
          "properties": {
            "field": {"description": "`email`, `fullName`, or an attribute's type.", "type": "string"},
            "attributeId": {"$ref": "#/components/schemas/ContactID"},
            "value": {"type": "string"},
            "label": {"$ref": "#/components/schemas/Label"},
            "confidence": {"type": "number", "minimum": 0, "maximum": 1},
            "provenanceId": {"$ref": "#/components/schemas/ContactID"},
            "sourceType": {"$ref": "#/components/schemas/SourceType"},
            "sourceIdentity": {"$ref": "#/components/schemas/SourceIdentity"},
            "enrichmentId": {"description": "As a vendor sent it to this enrichment: the contact's where another value bears the same `attributeId`, else in its history alone.", "type": "string", "format": "uuid"},
            "validFrom": {"$ref": "#/components/schemas/Time"},
            "validUntil": {"description": "Absent: it holds.", "$ref": "#/components/schemas/Time"},
            "recordedAt": {"$ref": "#/components/schemas/Time"},
            "recordedBy": {"description": "The principal.", "type": "string"},
            "entry": {"$ref": "#/components/schemas/EntryReference"},
            "supersededBy": {"description": "The entry that brought a newer value.", "$ref": "#/components/schemas/EntryReference"}
          }
        },
        "EntryReference": {
          "type": "object", "required": ["generation", "index"],
          "properties": {
            "generation": {"$ref": "#/components/schemas/Generation"},
            "index": {"$ref": "#/components/schemas/Index"}
          }
        }
        """##
}
