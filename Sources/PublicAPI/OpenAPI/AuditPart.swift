/// `/api/v1/audit`.
enum AuditPart {
    static let part = OpenAPIPart(
        paths: ##"""
            "/api/v1/audit": {
              \##(OpenAPIParameters.ofEveryPath),
              "get": {
                "operationId": "listAuditEvents", "tags": ["audit"], "summary": "Read the audit trail",
                "description": "The newest first; looking is an event, too. A page looks through a quarter of a million entries at most, so it may be short, or empty: go on with `next` until there is none.",
                \##(OpenAPIAccess.of(.readAudit)),
                "parameters": [
                  {"name": "principal", "in": "query", "description": "The `sub` of its token.", "schema": {"type": "string"}, "example": "crm-7"},
                  {"name": "action", "in": "query", "schema": {"type": "string", "pattern": "^[a-z.-]{1,64}$"}, "example": "contact.read"},
                  {"name": "category", "in": "query", "schema": {"$ref": "#/components/schemas/AuditCategory"}, "example": "DATA_ACCESS"},
                  {"name": "outcome", "in": "query", "schema": {"$ref": "#/components/schemas/AuditOutcome"}, "example": "DENIED"},
                  {"name": "contact", "in": "query", "description": "What concerns this contact.",
                   "schema": {"type": "string", "format": "uuid"}, "example": "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c"},
                  {"name": "from", "in": "query", "description": "Not before.",
                   "schema": {"$ref": "#/components/schemas/TimeSince1970"}, "example": "2026-01-31T09:30:00Z"},
                  {"name": "until", "in": "query", "description": "Before.",
                   "schema": {"$ref": "#/components/schemas/TimeSince1970"}, "example": "2026-02-01T00:00:00Z"},
                  \##(OpenAPIParameters.refs("cursor")),
                  {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 500, "default": 50}, "example": 50}
                ],
                "responses": {
                  "200": {
                    "description": "A page.",
                    "headers": {\##(OpenAPIHeaders.of())},
                    "content": {"application/json": {
                      "schema": {"$ref": "#/components/schemas/AuditPage"}, "example": \##(example)
                    }}
                  },
                  \##(ProblemPart.ofData())
                }
              }
            }
            """##,
        schemas: schemas)

    private static let example = #"""
        {"events": [{"generation": 1, "index": 43, "time": "2026-01-31T09:30:00.000000Z", "label": "s1:c1023/i1",
          "category": "DATA_ACCESS", "action": "contact.read", "principal": "crm-7", "resourceType": "contact",
          "subject": "8c6976e5b5410415bde908bd4dee15df", "outcome": "DENIED", "reason": "purpose-not-covered",
          "policyIds": ["crm-reads-sales"], "purpose": "marketing", "requestId": "sync-17", "count": 1,
          "sourceAddress": "192.0.2.1"}], "next": "16"}
        """#

    private static let schemas = ##"""
        "AuditCategory": {"enum": ["DATA_ACCESS", "DATA_MUTATION", "LEDGER_ACCESS", "OPERATION", "AUTHENTICATION", "ALERT"]},
        "AuditOutcome": {"enum": ["ALLOWED", "DENIED", "REFUSED", "FAILED"]},
        "AuditPage": {
          "type": "object", "required": ["events"],
          "properties": {
            "events": {"type": "array", "maxItems": 500, "items": {"$ref": "#/components/schemas/AuditEvent"}},
            "next": {"description": "Absent: there is no more.", "$ref": "#/components/schemas/Cursor"}
          }
        },
        "AuditEvent": {
          "type": "object",
          "required": ["generation", "index", "time", "label", "category", "action", "principal", "resourceType", "outcome", "policyIds", "requestId", "count"],
          "properties": {
            "generation": {"$ref": "#/components/schemas/Generation"},
            "index": {"$ref": "#/components/schemas/Index"},
            "time": {"$ref": "#/components/schemas/Time"},
            "label": {"$ref": "#/components/schemas/Label"},
            "category": {"$ref": "#/components/schemas/AuditCategory"},
            "action": {"type": "string"},
            "principal": {"type": "string"},
            "resourceType": {"type": "string"},
            "subject": {"description": "Random tag of the contact concerned.", "type": "string", "pattern": "^[0-9a-f]{32}$"},
            "subjects": {"description": "Tags of the contacts concerned, where they are several.", "type": "array", "maxItems": 256, "items": {"type": "string", "pattern": "^[0-9a-f]{32}$"}},
            "outcome": {"$ref": "#/components/schemas/AuditOutcome"},
            "reason": {"description": "A problem's code; absent when allowed.", "type": "string"},
            "policyIds": {"description": "Access policies that decided.", "type": "array", "maxItems": 32, "items": {"type": "string"}},
            "purpose": {"description": "Of a bulk request all of them.", "type": "string", "pattern": "^[a-z0-9_]{1,64}(,[a-z0-9_]{1,64})*$"},
            "requestId": {"type": "string"},
            "count": {"description": "How many requests it tells of.", "type": "integer", "minimum": 1},
            "certificateFingerprint": {"$ref": "#/components/schemas/Hash"},
            "sourceAddress": {"type": "string"},
            "mutations": {
              "description": "Of a bulk request: how many lines ended how.",
              "type": "object", "additionalProperties": {"type": "integer", "minimum": 1}
            }
          }
        }
        """##
}
