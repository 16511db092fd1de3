/// `/api/v1/contacts/{id}/enrich` and `/api/v1/enrichments`.
enum EnrichmentPart {
    static let part = OpenAPIPart(
        paths: [request, list, one, callbacks, results].joined(separator: ","),
        schemas: EnrichmentSchemas.members)

    private static let request = ##"""
        "/api/v1/contacts/{id}/enrich": {
          \##(OpenAPIParameters.ofEveryPath),
          "post": {
            "operationId": "requestEnrichment", "tags": ["enrichments"], "summary": "Ask vendors about a contact",
            "description": "What follows is done by itself, once each vendor has answered or its time is over. 403 `processing-restricted`, `objected` (to automated merging) or `purpose-not-covered`; 409 while another enrichment of the contact is under way.",
            \##(OpenAPIAccess.of(.requestEnrichment)),
            "parameters": [\##(OpenAPIParameters.refs("contactID", "purpose", "idempotencyKey"))],
            "requestBody": {"required": true, "content": {"application/json": {
              "schema": {"$ref": "#/components/schemas/NewEnrichment"},
              "example": {"vendors": ["vendor-7", "vendor-9"], "attributeTypes": ["phone", "company"], "attempts": 3, "timeout": 3600}
            }}},
            "responses": {
              "202": {
                "description": "Asked for.",
                "headers": {\##(OpenAPIHeaders.of("Location", "Link", "Idempotent-Replayed"))},
                "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/EnrichmentAsked"}, "example": \##(EnrichmentSchemas.asked)
                }},
                "links": {
                  "read": {"operationId": "getEnrichment", "parameters": {"path.enrichment": "$response.body#/id"}},
                  "callbacks": {"operationId": "issueCallbacks", "parameters": {"path.enrichment": "$response.body#/id"}}
                }
              },
              \##(ProblemPart.ofPurpose(404, 409, 413, 415))
            }
          }
        }
        """##

    private static let list = ##"""
        "/api/v1/enrichments": {
          \##(OpenAPIParameters.ofEveryPath),
          "get": {
            "operationId": "listEnrichments", "tags": ["enrichments"], "summary": "What a vendor is asked",
            "description": "Enrichments that wait for it, the newest first.",
            \##(OpenAPIAccess.of(.listEnrichments)),
            "parameters": [
              {"name": "vendor", "in": "query", "required": true, "description": "The vendor's name.",
               "schema": {"$ref": "#/components/schemas/SourceIdentity"}, "example": "vendor-7"},
              \##(OpenAPIParameters.refs("cursor")),
              {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}, "example": 50}
            ],
            "responses": {
              "200": {
                "description": "A page.",
                "headers": {\##(OpenAPIHeaders.of())},
                "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/EnrichmentList"}, "example": {"enrichments": [\##(EnrichmentSchemas.waiting)]}
                }}
              },
              \##(ProblemPart.ofData())
            }
          }
        }
        """##

    private static let enrichmentID = #"""
        {"name": "enrichment", "in": "path", "required": true, "description": "The enrichment's id.",
         "schema": {"type": "string", "format": "uuid"}, "example": "7d1f0c2e-9b64-4c1a-8f37-5a2b6c7d8e9f"}
        """#

    private static let one = ##"""
        "/api/v1/enrichments/{enrichment}": {
          \##(OpenAPIParameters.ofEveryPath),
          "get": {
            "operationId": "getEnrichment", "tags": ["enrichments"], "summary": "Where an enrichment stands",
            "description": "And the entries that it went on by. It shows no value: those are in the contact's history.",
            \##(OpenAPIAccess.of(.readEnrichment)),
            "parameters": [\##(enrichmentID)],
            "responses": {
              "200": {
                "description": "The enrichment.",
                "headers": {\##(OpenAPIHeaders.of())},
                "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/Enrichment"}, "example": \##(EnrichmentSchemas.completed)
                }}
              },
              \##(ProblemPart.ofData(404))
            }
          }
        }
        """##

    private static let callbacks = ##"""
        "/api/v1/enrichments/{enrichment}/callbacks": {
          \##(OpenAPIParameters.ofEveryPath),
          "post": {
            "operationId": "issueCallbacks", "tags": ["enrichments"], "summary": "The tokens of an enrichment, made anew",
            "description": "Of each vendor that is waited for; those of the same attempt are the same.",
            \##(OpenAPIAccess.of(.issueCallbacks)),
            "parameters": [\##(enrichmentID)],
            "responses": {
              "200": {
                "description": "The tokens.",
                "headers": {\##(OpenAPIHeaders.of())},
                "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/EnrichmentCallbacks"}, "example": {"callbacks": [\##(EnrichmentSchemas.callback)]}
                }}
              },
              \##(ProblemPart.ofData(404))
            }
          }
        }
        """##

    private static let results = ##"""
        "/api/v1/enrichments/{enrichment}/results": {
          \##(OpenAPIParameters.ofEveryPath),
          "post": {
            "operationId": "receiveResults", "tags": ["enrichments"], "summary": "What a vendor answers",
            "description": "Once for each attempt: the same answer again gets the same answer, another one 409. Values are the person's whom `email` names, else 422 `subject-mismatch`: nothing of them is kept, and the attempt is over as after an ERROR.",
            "security": [{"callbackToken": []}],
            "parameters": [\##(enrichmentID)],
            "requestBody": {"required": true, "content": {"application/json": {
              "schema": {"$ref": "#/components/schemas/VendorAnswer"},
              "example": {"email": "jane@example.com", "attributes": [{"attributeType": "phone", "value": "+49 30 1234", "confidence": 0.9}]}
            }}},
            "responses": {
              "202": {
                "description": "Taken.",
                "headers": {\##(OpenAPIHeaders.of("Link", "Idempotent-Replayed"))},
                "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/VendorAnswerTaken"},
                  "example": {"outcome": "RESULTS", "received": 1, "dropped": 0, "receipt": \##(EnrichmentSchemas.receipt)}
                }}
              },
              \##(ProblemPart.ofPublic(401, 403, 404, 409, 413, 415, 422))
            }
          }
        }
        """##
}
