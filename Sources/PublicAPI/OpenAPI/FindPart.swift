/// `GET /api/v1/contacts`.
enum FindPart {
    static let operation = ##"""
        {
          "operationId": "findContacts", "tags": ["contacts"], "summary": "Find contacts",
          "description": "By exact address, which stands alone; by words of the name, with the other filters; or by one of these alone. The newest first. A page looks at 1,024 contacts at most, so it may be short, or empty: go on with `next` until there is none. What the caller may not read is not found.",
          \##(OpenAPIAccess.of(.findContact)),
          "parameters": [
            {"name": "q", "in": "query",
             "description": "An email address in any spelling of it, or one to seven whole words of the name, without regard to case and accents.",
             "schema": {"type": "string", "minLength": 1}, "example": "Jane Doe"},
            {"name": "purpose", "in": "query", "description": "Covered now.",
             "schema": {"$ref": "#/components/schemas/PurposeCode"}, "example": "sales"},
            {"name": "source", "in": "query", "description": "The sourceIdentity of one of its attributes.",
             "schema": {"$ref": "#/components/schemas/SourceIdentity"}, "example": "vendor-7"},
            {"name": "createdFrom", "in": "query", "description": "Not before.",
             "schema": {"$ref": "#/components/schemas/TimeSince1970"}, "example": "2026-01-31T09:30:00Z"},
            {"name": "createdUntil", "in": "query", "description": "Before.",
             "schema": {"$ref": "#/components/schemas/TimeSince1970"}, "example": "2036-02-01T00:00:00Z"},
            {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}, "example": 20},
            \##(OpenAPIParameters.refs("cursor", "purpose"))
          ],
          "responses": {
            "200": {
              "description": "A page.",
              "headers": {\##(OpenAPIHeaders.of())},
              "content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/ContactList"}, "example": {"contacts": []}
              }}
            },
            \##(ProblemPart.ofPurpose())
          }
        }
        """##
}
