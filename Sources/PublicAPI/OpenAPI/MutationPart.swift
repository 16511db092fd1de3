/// `/api/v1/mutations`. The schemas of NDJSON are arrays: of the lines (as OpenAPI 3.2 has it for sequential media types).
enum MutationPart {
    static let part = OpenAPIPart(
        paths: ##"""
            "/api/v1/mutations": {
              \##(OpenAPIParameters.ofEveryPath),
              "post": {
                "operationId": "applyMutations", "tags": ["mutations"], "summary": "Change contacts in bulk",
                "description": "A line of JSON in, a line out, both as streams; empty lines are skipped. Lines that name the same contact, ref, address or key are done in their order, others may overtake each other: match answers by `line`. What is wrong with a line stands in its answer.",
                \##(OpenAPIAccess.of(.applyMutations)),
                "parameters": [\##(OpenAPIParameters.refs("bulkPurpose"))],
                "requestBody": {"required": true, "content": {"application/x-ndjson": {
                  "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Mutation"}}, "example": [\##(example)]
                }}},
                "responses": {
                  "200": {
                    "description": "A result for each line.",
                    "headers": {\##(OpenAPIHeaders.of())},
                    "content": {"application/x-ndjson": {
                      "schema": {"type": "array", "items": {"$ref": "#/components/schemas/MutationResult"}},
                      "example": [\##(result)]
                    }}
                  },
                  \##(ProblemPart.ofPurpose(415))
                }
              }
            }
            """##,
        schemas: [requests, answers].joined(separator: ","))

    private static let example = #"""
        {"op": "createContact", "idempotencyKey": "row-1", "ref": "jane", "purpose": "sales",
         "body": {"email": "jane@example.com", "consentType": "EXPLICIT_OPT_IN", "legalBasis": "GDPR_ART6_1A", "purposeCodes": ["sales"]}},
        {"op": "addAttributes", "idempotencyKey": "row-2", "ref": "jane", "purpose": "sales",
         "body": {"attributes": [{"attributeType": "phone", "value": "+49 30 1234", "confidence": 1, "sourceType": "DATA_SUBJECT"}]}},
        {"op": "grantConsent", "idempotencyKey": "row-3", "contactId": "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c", "purpose": "sales",
         "body": {"consentType": "SOFT_OPT_IN", "legalBasis": "GDPR_ART6_1F", "purposeCodes": ["marketing"]}}
        """#

    private static let result = #"""
        {"line": 1, "status": 201, "id": "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c", "createdAt": "2026-01-31T09:30:00.000000Z",
         "receipt": {"generation": 1, "index": 42, "treeSize": 44,
           "leafHash": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"}, "replayed": false},
        {"line": 2, "status": 422, "problem": {"type": "urn:chancery:problem:unknown-ref", "title": "Unknown ref", "status": 422,
           "detail": "No line before names a contact so.", "code": "unknown-ref", "pointer": "/ref"}}
        """#

    private static let requests = ##"""
        "Mutation": {
          "type": "object", "additionalProperties": false,
          "required": ["op", "idempotencyKey", "body"],
          "properties": {
            "op": {"enum": ["createContact", "addAttributes", "grantConsent"]},
            "idempotencyKey": {"type": "string", "pattern": "^[!-~]{1,255}$"},
            "ref": {
              "description": "A name for a new contact, by which later lines of this stream mean it.",
              "anyOf": [{"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,128}$"}, {"type": "null"}]
            },
            "contactId": {"type": ["string", "null"], "format": "uuid"},
            "purpose": {
              "description": "X-Purpose when absent.", "anyOf": [{"$ref": "#/components/schemas/PurposeCode"}, {"type": "null"}]
            },
            "body": {"type": "object"}
          },
          "oneOf": [
            {"properties": {"op": {"const": "createContact"}, "contactId": {"type": "null"},
              "body": {"$ref": "#/components/schemas/NewContact"}}},
            {"properties": {"op": {"const": "addAttributes"}, "body": {"$ref": "#/components/schemas/NewAttributes"}},
              "$ref": "#/components/schemas/MutationTarget"},
            {"properties": {"op": {"const": "grantConsent"}, "body": {"$ref": "#/components/schemas/NewConsent"}},
              "$ref": "#/components/schemas/MutationTarget"}
          ]
        },
        "MutationTarget": {
          "description": "Which contact: by its id, or by the ref of an earlier line.",
          "type": "object",
          "oneOf": [
            {"properties": {"contactId": {"type": "string"}, "ref": {"type": "null"}}, "required": ["contactId"]},
            {"properties": {"ref": {"type": "string"}, "contactId": {"type": "null"}}, "required": ["ref"]}
          ]
        },
        "NewAttributes": {
          "type": "object", "additionalProperties": false, "required": ["attributes"],
          "properties": {
            "attributes": {"type": "array", "minItems": 1, "maxItems": 64, "items": {"$ref": "#/components/schemas/NewAttribute"}}
          }
        }
        """##

    private static let answers = ##"""
        "MutationResult": {
          "type": "object", "required": ["line", "status"],
          "properties": {
            "line": {"description": "From 1.", "type": "integer", "minimum": 1},
            "status": {"description": "As of a request of its own.", "type": "integer", "minimum": 200, "maximum": 599},
            "id": {"$ref": "#/components/schemas/ContactID"},
            "createdAt": {"$ref": "#/components/schemas/Time"},
            "receipt": {"$ref": "#/components/schemas/Receipt"},
            "replayed": {"description": "It was done before, under the same key.", "type": "boolean"},
            "problem": {"$ref": "#/components/schemas/Problem"}
          },
          "oneOf": [{"required": ["id", "createdAt", "receipt", "replayed"]}, {"required": ["problem"]}]
        }
        """##
}
