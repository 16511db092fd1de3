/// `/api/v1/provenance`.
enum ProvenancePart {
    static let part = OpenAPIPart(
        paths: [chain, verification, source].joined(separator: ","), schemas: schemas)

    private static let limit = #"""
        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}, "example": 50}
        """#

    private static let purpose = #"""
        {"name": "X-Purpose", "in": "header",
         "description": "One that is covered: then what hashes could be guessed by is shown, too.",
         "schema": {"$ref": "#/components/schemas/PurposeCode"}, "example": "sales"}
        """#

    private static let chain = ##"""
        "/api/v1/provenance/{id}": {
          \##(OpenAPIParameters.ofEveryPath),
          "get": {
            "operationId": "getProvenance", "tags": ["provenance"], "summary": "Where a contact's attributes came from",
            "description": "The oldest first: each record with its source, the salted hash of what it brought, its entry and the one before.",
            \##(OpenAPIAccess.of(.readProvenance)),
            "parameters": [\##(OpenAPIParameters.refs("contactID", "cursor")), \##(limit), \##(purpose)],
            "responses": {
              "200": {
                "description": "A page.",
                "headers": {
                  \##(OpenAPIHeaders.of()),
                  "Link": {"description": "The next page, `rel=\"next\"`.", "schema": {"type": "string"}},
                  "Vary": {"required": true, "schema": {"const": "Accept"}}
                },
                "content": {
                  "application/json": {"schema": {"$ref": "#/components/schemas/ProvenanceChain"}, "example": \##(example)},
                  "application/prov+json": {"schema": {"$ref": "#/components/schemas/ProvDocument"}}
                }
              },
              \##(ProblemPart.ofPurpose(404))
            }
          }
        }
        """##

    private static let verification = ##"""
        "/api/v1/provenance/verify/{id}": {
          \##(OpenAPIParameters.ofEveryPath),
          "get": {
            "operationId": "verifyProvenance", "tags": ["provenance"], "summary": "Evidence of all of one contact",
            "description": "Every entry of the contact with its receipt, and the proof that none was left out up to the last seal, for `chancery-verify --subject` (FORMAT.md, section 9.11).",
            \##(OpenAPIAccess.of(.verifyProvenance)),
            "parameters": [\##(OpenAPIParameters.refs("contactID")), \##(purpose)],
            "responses": {
              "200": {
                "description": "The document, in canonical JSON.",
                "headers": {\##(OpenAPIHeaders.of())},
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/SubjectEvidence"}}}
              },
              \##(ProblemPart.ofPurpose(404, 413))
            }
          }
        }
        """##

    private static let source = ##"""
        "/api/v1/provenance/source/{source}": {
          \##(OpenAPIParameters.ofEveryPath),
          "get": {
            "operationId": "listProvenanceOfSource", "tags": ["provenance"], "summary": "What came from a source",
            "description": "The newest first.",
            \##(OpenAPIAccess.of(.readProvenance)),
            "parameters": [
              {"name": "source", "in": "path", "required": true, "description": "A sourceIdentity.",
               "schema": {"$ref": "#/components/schemas/SourceIdentity"}, "example": "vendor-7"},
              \##(OpenAPIParameters.refs("cursor")), \##(limit)
            ],
            "responses": {
              "200": {
                "description": "A page.",
                "headers": {\##(OpenAPIHeaders.of())},
                "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/ProvenanceList"}, "example": {"records": []}
                }}
              },
              \##(ProblemPart.ofData(404, 422))
            }
          }
        }
        """##

    private static let example = #"""
        {"contactId": "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c", "records": [{
          "id": "0b9a1c2d-3e4f-4a5b-8c6d-7e8f90a1b2c3", "sourceType": "VENDOR", "sourceIdentity": "vendor-7",
          "attributes": [{"id": "a3c1f0de-7b7e-4a54-8f0e-0b1d2c3e4f50", "type": "jobTitle"}], "label": "s1/i1",
          "recordedAt": "2026-01-31T09:30:00.000000Z", "recordedBy": "platform-1",
          "entry": {"generation": 1, "index": 43, "subjectVersion": 1,
            "leafHash": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
            "receipt": "/api/v1/ledger/entries/43/receipt?generation=1"}}]}
        """#

    private static let schemas = ##"""
        "ProvenanceChain": {
          "type": "object", "required": ["contactId", "records"],
          "properties": {
            "contactId": {"$ref": "#/components/schemas/ContactID"},
            "records": {"type": "array", "maxItems": 100, "items": {"$ref": "#/components/schemas/ProvenanceRecord"}},
            "isPartial": {"description": "Records were left out that the caller is not cleared for.", "const": true},
            "next": {"description": "Absent: there is no more.", "$ref": "#/components/schemas/Cursor"}
          }
        },
        "ProvenanceList": {
          "type": "object", "required": ["records"],
          "properties": {
            "records": {"type": "array", "maxItems": 100, "items": {"$ref": "#/components/schemas/ProvenanceRecord"}},
            "next": {"description": "Absent: there is no more.", "$ref": "#/components/schemas/Cursor"}
          }
        },
        "ProvenanceRecord": {
          "type": "object",
          "required": ["id", "sourceType", "attributes", "label", "recordedAt", "recordedBy", "entry"],
          "properties": {
            "id": {"$ref": "#/components/schemas/ContactID"},
            "contactId": {"description": "In lists of a source.", "$ref": "#/components/schemas/ContactID"},
            "sourceType": {"$ref": "#/components/schemas/SourceType"},
            "sourceIdentity": {"$ref": "#/components/schemas/SourceIdentity"},
            "attributes": {
              "type": "array",
              "items": {
                "type": "object", "required": ["id"],
                "properties": {"id": {"$ref": "#/components/schemas/ContactID"}, "type": {"$ref": "#/components/schemas/AttributeType"}}
              }
            },
            "attributedDataHash": {"description": "Salted SHA-256 of what it brought, in hex.", "type": "string"},
            "attributedDataSalt": {"description": "For a purpose that is covered alone.", "$ref": "#/components/schemas/Base64"},
            "label": {"$ref": "#/components/schemas/Label"},
            "recordedAt": {"$ref": "#/components/schemas/Time"},
            "recordedBy": {"description": "The principal.", "type": "string"},
            "entry": {
              "type": "object", "required": ["generation", "index", "leafHash", "subjectVersion", "receipt"],
              "properties": {
                "generation": {"$ref": "#/components/schemas/Generation"},
                "index": {"$ref": "#/components/schemas/Index"},
                "leafHash": {"$ref": "#/components/schemas/Hash"},
                "subjectVersion": {"description": "Counts the contact's provenance from 1.", "type": "integer", "minimum": 1},
                "receipt": {"description": "Where it is.", "type": "string", "format": "uri-reference"}
              }
            },
            "previous": {
              "description": "The contact's record before.",
              "type": "object", "required": ["index"],
              "properties": {"index": {"$ref": "#/components/schemas/Index"}, "leafHash": {"$ref": "#/components/schemas/Hash"}}
            }
          }
        },
        "ProvDocument": {
          "description": "PROV-JSON (W3C Member Submission, 24 April 2013).",
          "type": "object", "required": ["prefix"],
          "properties": {
            "prefix": {"type": "object", "additionalProperties": {"type": "string"}},
            "entity": {"type": "object", "additionalProperties": {"type": "object"}},
            "activity": {"type": "object", "additionalProperties": {"type": "object"}},
            "agent": {"type": "object", "additionalProperties": {"type": "object"}},
            "wasGeneratedBy": {"type": "object", "additionalProperties": {"type": "object"}},
            "wasAttributedTo": {"type": "object", "additionalProperties": {"type": "object"}},
            "wasAssociatedWith": {"type": "object", "additionalProperties": {"type": "object"}},
            "wasInformedBy": {"type": "object", "additionalProperties": {"type": "object"}}
          }
        },
        "SubjectEvidence": {
          "description": "FORMAT.md, section 9.11.",
          "type": "object", "required": ["attributedData", "checks", "entries", "format", "heads", "subject"],
          "properties": {
            "format": {"const": "chancery-subject/1"},
            "subject": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "entries": {
              "type": "array",
              "items": {
                "type": "object", "required": ["header", "payload", "receipt"],
                "properties": {
                  "header": {"$ref": "#/components/schemas/Base64"},
                  "payload": {"$ref": "#/components/schemas/Base64"},
                  "receipt": {"$ref": "#/components/schemas/Base64"}
                }
              }
            },
            "heads": {"description": "Null before the first seal.", "type": ["object", "null"]},
            "attributedData": {"type": "array", "items": {"type": "object"}},
            "checks": {"description": "What the gateway found; verifiers pass it over."}
          }
        }
        """##
}
