/// What a data subject is answered, and the evidence of a request.
enum DSRAnswerPart {
    static let paths = ##"""
        "/api/v1/dsr/{id}/answer": {
          \##(OpenAPIParameters.ofEveryPath),
          "get": {
            "operationId": "getRequestAnswer", "tags": ["dsr"], "summary": "What is answered",
            "description": "Once the request is begun: of access all that Article 15(1) GDPR lists, of portability what the person provided under consent or contract, in the media type that is asked for.",
            \##(OpenAPIAccess.of(.answerRequest)),
            "parameters": [\##(DSRPart.requestID)],
            "responses": {
              "200": {
                "description": "The answer.",
                "headers": {\##(OpenAPIHeaders.of())},
                "content": {
                  "application/json": {"schema": {"anyOf": [
                    {"$ref": "#/components/schemas/AccessAnswer"}, {"$ref": "#/components/schemas/PortableContact"}
                  ]}},
                  "text/csv": {"schema": {"type": "string"}},
                  "text/vcard": {"schema": {"type": "string", "pattern": "^BEGIN:VCARD\r\nVERSION:4\\.0\r\n"}},
                  "application/jscontact+json": {"schema": {"$ref": "#/components/schemas/JSContactCard"}}
                }
              },
              \##(ProblemPart.ofData(404, 409))
            }
          }
        },
        "/api/v1/dsr/{id}/evidence": {
          \##(OpenAPIParameters.ofEveryPath),
          "get": {
            "operationId": "getRequestEvidence", "tags": ["dsr"], "summary": "The request as one file",
            \##(OpenAPIAccess.of(.answerRequest)),
            "parameters": [\##(DSRPart.requestID)],
            "responses": {
              "200": {
                "description": "Its entries, their receipts, the checkpoint.",
                "headers": {\##(OpenAPIHeaders.of("Content-Disposition"))},
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RequestEvidence"}}}
              },
              \##(ProblemPart.ofData(404, 409))
            }
          }
        }
        """##

    static let schemas = ##"""
        "AccessAnswer": {
          "description": "The copy of Article 15(3) GDPR, and what 15(1) has beside it.",
          "type": "object",
          "required": ["requestId", "contact", "purposes", "categories", "recipients", "storagePeriod", "rights", "sources", "automatedMerging", "restricted", "objections"],
          "properties": {
            "requestId": {"$ref": "#/components/schemas/ContactID"},
            "contact": {"$ref": "#/components/schemas/Contact"},
            "purposes": {"type": "array", "items": {
              "type": "object", "required": ["purposeCodes", "legalBasis", "consentType", "since"],
              "properties": {
                "purposeCodes": {"$ref": "#/components/schemas/PurposeCodes"}, "legalBasis": {"$ref": "#/components/schemas/LegalBasis"},
                "consentType": {"$ref": "#/components/schemas/ConsentType"}, "since": {"$ref": "#/components/schemas/Time"},
                "until": {"$ref": "#/components/schemas/Time"}
              }
            }},
            "categories": {"type": "array", "items": {"type": "string"}},
            "recipients": {"type": "array", "items": {
              "type": "object", "required": ["name", "purpose", "legalBasis", "attributes", "sharedAt"],
              "properties": {
                "name": {"type": "string"}, "purpose": {"$ref": "#/components/schemas/PurposeCode"},
                "legalBasis": {"$ref": "#/components/schemas/LegalBasis"},
                "attributes": {"type": "array", "items": {"$ref": "#/components/schemas/SharedAttribute"}},
                "sharedAt": {"$ref": "#/components/schemas/Time"}, "until": {"$ref": "#/components/schemas/Time"}
              }
            }},
            "storagePeriod": {"type": "string"},
            "rights": {"type": "array", "items": {"type": "string"}},
            "sources": {"type": "array", "items": {
              "type": "object", "required": ["attributeType", "sourceType", "since", "provenanceId"],
              "properties": {
                "attributeType": {"$ref": "#/components/schemas/AttributeType"}, "sourceType": {"$ref": "#/components/schemas/SourceType"},
                "sourceIdentity": {"$ref": "#/components/schemas/SourceIdentity"}, "since": {"$ref": "#/components/schemas/Time"},
                "provenanceId": {"$ref": "#/components/schemas/ContactID"}
              }
            }},
            "automatedMerging": {
              "type": "object", "required": ["exists", "logic", "objected"],
              "properties": {"exists": {"type": "boolean"}, "logic": {"type": "string"}, "objected": {"type": "boolean"}}
            },
            "restricted": {"description": "By a request under Article 18.", "type": "boolean"},
            "objections": {"type": "array", "items": {"$ref": "#/components/schemas/Objection"}}
          }
        },
        "PortableContact": {
          "type": "object", "required": ["id", "attributes"],
          "properties": {
            "id": {"$ref": "#/components/schemas/ContactID"},
            "email": {"type": "string"},
            "fullName": {"type": "string"},
            "attributes": {"type": "array", "items": {
              "type": "object", "required": ["attributeType", "value", "since"],
              "properties": {
                "attributeType": {"$ref": "#/components/schemas/AttributeType"}, "value": {"type": "string"},
                "since": {"$ref": "#/components/schemas/Time"}
              }
            }}
          }
        },
        "JSContactCard": {
          "description": "RFC 9553.",
          "type": "object", "additionalProperties": true, "required": ["@type", "version", "uid"],
          "properties": {
            "@type": {"const": "Card"}, "version": {"const": "1.0"}, "uid": {"type": "string", "format": "uri"}
          }
        },
        "RequestEvidence": {
          "description": "Each receipt is what `chancery-verify` takes; header and payload are the bytes that it is about.",
          "type": "object", "required": ["format", "request", "entries"],
          "properties": {
            "format": {"const": "chancery/dsr-evidence/v1"},
            "request": {"$ref": "#/components/schemas/SubjectRequest"},
            "checkpoint": {"type": "string"},
            "entries": {"type": "array", "items": {
              "type": "object", "required": ["generation", "index", "header", "payload", "receipt"],
              "properties": {
                "generation": {"$ref": "#/components/schemas/Generation"}, "index": {"$ref": "#/components/schemas/Index"},
                "header": {"type": "string"}, "payload": {"type": "string"}, "receipt": {"type": "string"}
              }
            }}
          }
        }
        """##
}
