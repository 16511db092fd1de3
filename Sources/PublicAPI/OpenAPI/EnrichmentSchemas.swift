import ContactModel

/// What is sent and answered of enrichments.
enum EnrichmentSchemas {
    static let members = [requests, answers, parts].joined(separator: ",")

    private static let outcomes = EnrichmentOutcome.allCases.map { #""\#($0.rawValue)""# }
        .joined(separator: ",")
    private static let states = EnrichmentState.allCases.map { #""\#($0.rawValue)""# }
        .joined(separator: ",")
    private static let reasons = EnrichmentReason.allCases.map { #""\#($0.rawValue)""# }
        .joined(separator: ",")
    private static let rules = EnrichmentRule.allCases.map { #""\#($0.rawValue)""# }
        .joined(separator: ",")

    // MARK: - Examples

    static let receipt = #"""
        {"generation": 1, "index": 44, "treeSize": 46, "leafHash": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"}
        """#

    static let callback = #"""
        {"vendor": "vendor-7", "attempt": 1, "token": "vendor-7.1.X3Bjo4hqCnaVzkPmTqGzVvd3x0S1kQ2dJ9nB7mE6yWg",
         "url": "/api/v1/enrichments/7d1f0c2e-9b64-4c1a-8f37-5a2b6c7d8e9f/results"}
        """#

    private static let head = #"""
        "id": "7d1f0c2e-9b64-4c1a-8f37-5a2b6c7d8e9f", "contactId": "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c",
        "purpose": "sales", "attributeTypes": ["phone", "company"]
        """#

    private static let waits = #"""
        "state": "COLLECTING",
        "vendors": [{"vendor": "vendor-7", "attempt": 1, "state": "WAITING", "deadline": "2026-01-31T10:30:00.000000Z"}]
        """#

    static let waiting = "{\(head), \(waits)}"
    static let asked = ##"""
        {\##(head), \##(waits), "callbacks": [\##(callback)], "receipt": \##(receipt)}
        """##

    static let completed = ##"""
        {\##(head), "state": "COMPLETED", "vendors": [{"vendor": "vendor-7", "attempt": 1, "state": "RESULTS"}],
         "decisions": [{"attributeId": "0b9a1c2d-3e4f-4a5b-8c6d-7e8f90a1b2c3", "decision": "TAKEN",
           "other": "1c0b2d3e-4f5a-4b6c-9d7e-8f90a1b2c3d4", "rule": "CONFIDENCE"}],
         "steps": [{"type": "EnrichmentRequested", "generation": 1, "index": 42, "time": "2026-01-31T09:30:00.000000Z",
           "actor": "platform-1", "receipt": "/api/v1/ledger/entries/42/receipt?generation=1"}]}
        """##

    // MARK: - Schemas

    private static let requests = ##"""
        "NewEnrichment": {
          "type": "object", "additionalProperties": false, "required": ["vendors"],
          "properties": {
            "vendors": {
              "description": "The most trusted first.", "type": "array", "minItems": 1, "maxItems": \##(ModelLimits.enrichmentVendors), "uniqueItems": true,
              "items": {"$ref": "#/components/schemas/SourceIdentity"}
            },
            "attributeTypes": {
              "description": "Every known type when absent.", "type": ["array", "null"], "minItems": 1, "maxItems": 64, "uniqueItems": true,
              "items": {"$ref": "#/components/schemas/AttributeType"}
            },
            "attempts": {
              "description": "How often a vendor is asked at most; \##(EnrichmentDraft.defaultAttempts) when absent.",
              "type": ["integer", "null"], "minimum": 1, "maximum": \##(ModelLimits.enrichmentAttempts)
            },
            "timeout": {
              "description": "Seconds that an attempt waits; \##(EnrichmentDraft.defaultTimeout) when absent.",
              "type": ["integer", "null"], "minimum": \##(ModelLimits.enrichmentTimeout.lowerBound), "maximum": \##(ModelLimits.enrichmentTimeout.upperBound)
            }
          }
        },
        "VendorAnswer": {
          "type": "object", "additionalProperties": false,
          "properties": {
            "outcome": {"description": "RESULTS when absent. After ERROR the vendor is asked again, while attempts are left.", "enum": ["RESULTS", "NO_DATA", "ERROR", null]},
            "email": {"description": "Whom the values are about.", "type": ["string", "null"], "format": "idn-email", "minLength": 3, "maxLength": 1016},
            "attributes": {
              "description": "One value of each type; what was not asked for is dropped.",
              "type": ["array", "null"], "minItems": 1, "maxItems": 64, "items": {"$ref": "#/components/schemas/VendorValue"}
            }
          },
          "oneOf": [
            {"properties": {"outcome": {"enum": ["RESULTS", null]}, "email": {"type": "string"}, "attributes": {"type": "array"}},
              "required": ["email", "attributes"]},
            {"properties": {"outcome": {"enum": ["NO_DATA", "ERROR"]}, "email": {"type": "null"}, "attributes": {"type": "null"}},
              "required": ["outcome"]}
          ]
        },
        "VendorValue": {
          "type": "object", "additionalProperties": false, "required": ["attributeType", "value", "confidence"],
          "properties": {
            "attributeType": {"$ref": "#/components/schemas/AttributeType"},
            "value": {
              "description": "NFC, 1 to 4096 bytes of UTF-8, no control characters but line feed and tab.",
              "type": "string", "minLength": 1, "maxLength": 16384
            },
            "confidence": {"description": "Kept as ten-thousandths.", "type": "number", "minimum": 0, "maximum": 1},
            "validFrom": {"description": "RFC 3339, not in the future; now when absent.", "type": ["string", "null"], "format": "date-time"},
            "validUntil": {"description": "RFC 3339, later than validFrom.", "type": ["string", "null"], "format": "date-time"}
          }
        }
        """##

    private static let common = ##"""
        "id": {"description": "The enrichment's.", "$ref": "#/components/schemas/ContactID"},
        "contactId": {"$ref": "#/components/schemas/ContactID"},
        "state": {"$ref": "#/components/schemas/EnrichmentState"},
        "reason": {"description": "Why it ended before it was done.", "enum": [\##(reasons)]},
        "purpose": {"$ref": "#/components/schemas/PurposeCode"},
        "attributeTypes": {"type": "array", "items": {"$ref": "#/components/schemas/AttributeType"}},
        "vendors": {"type": "array", "items": {"$ref": "#/components/schemas/EnrichmentVendor"}}
        """##

    private static let always =
        #""id", "contactId", "state", "purpose", "attributeTypes", "vendors""#

    private static let answers = ##"""
        "EnrichmentAsked": {
          "type": "object", "required": [\##(always), "callbacks", "receipt"],
          "properties": {
            \##(common),
            "callbacks": {"description": "One for each vendor that is waited for.", "type": "array", "items": {"$ref": "#/components/schemas/EnrichmentCallback"}},
            "receipt": {"$ref": "#/components/schemas/Receipt"}
          }
        },
        "Enrichment": {
          "type": "object", "required": [\##(always), "decisions", "steps"],
          "properties": {
            \##(common),
            "decisions": {"description": "Once it is merged: of each value received.", "type": "array", "items": {"$ref": "#/components/schemas/EnrichmentDecision"}},
            "steps": {"type": "array", "items": {"$ref": "#/components/schemas/EnrichmentStep"}}
          }
        },
        "EnrichmentSummary": {
          "type": "object", "required": [\##(always)], "properties": {\##(common)}
        },
        "EnrichmentList": {
          "type": "object", "required": ["enrichments"],
          "properties": {
            "enrichments": {"type": "array", "maxItems": 100, "items": {"$ref": "#/components/schemas/EnrichmentSummary"}},
            "next": {"description": "Absent: there is no more.", "$ref": "#/components/schemas/Cursor"}
          }
        },
        "EnrichmentCallbacks": {
          "type": "object", "required": ["callbacks"],
          "properties": {"callbacks": {"type": "array", "items": {"$ref": "#/components/schemas/EnrichmentCallback"}}}
        },
        "VendorAnswerTaken": {
          "type": "object", "required": ["outcome", "received", "dropped", "receipt"],
          "properties": {
            "outcome": {"enum": ["RESULTS", "NO_DATA", "ERROR"]},
            "received": {"description": "Values that are kept.", "type": "integer", "minimum": 0, "maximum": 64},
            "dropped": {"description": "Values of which nothing is kept: not asked for, or of somebody who was erased.", "type": "integer", "minimum": 0, "maximum": 64},
            "receipt": {"$ref": "#/components/schemas/Receipt"}
          }
        }
        """##

    private static let parts = ##"""
        "EnrichmentState": {"enum": [\##(states)]},
        "EnrichmentVendor": {
          "type": "object", "required": ["vendor", "attempt", "state"],
          "properties": {
            "vendor": {"$ref": "#/components/schemas/SourceIdentity"},
            "attempt": {"description": "From 1.", "type": "integer", "minimum": 1, "maximum": \##(ModelLimits.enrichmentAttempts)},
            "state": {"description": "What its last attempt brought.", "enum": ["WAITING",\##(outcomes)]},
            "deadline": {"description": "Until when it is waited for.", "$ref": "#/components/schemas/Time"}
          }
        },
        "EnrichmentDecision": {
          "type": "object", "required": ["attributeId", "decision"],
          "properties": {
            "attributeId": {"$ref": "#/components/schemas/ContactID"},
            "decision": {"description": "It became the contact's, or is in its history alone.", "enum": ["TAKEN", "HISTORY_ONLY"]},
            "other": {"description": "The value that it was decided against.", "$ref": "#/components/schemas/ContactID"},
            "rule": {"description": "What decided.", "enum": [\##(rules)]}
          }
        },
        "EnrichmentStep": {
          "type": "object", "required": ["type", "generation", "index", "time", "actor", "receipt"],
          "properties": {
            "type": {"description": "Of the entry.", "type": "string"},
            "generation": {"$ref": "#/components/schemas/Generation"},
            "index": {"$ref": "#/components/schemas/Index"},
            "time": {"$ref": "#/components/schemas/Time"},
            "actor": {"description": "The principal; `ticket:GENERATION.INDEX` of the request for what followed from it.", "type": "string"},
            "receipt": {"description": "Path of its receipt.", "type": "string", "format": "uri-reference"}
          }
        },
        "EnrichmentCallback": {
          "description": "What a vendor answers with. It counts once, and until the vendor's `deadline`.",
          "type": "object", "required": ["vendor", "attempt", "token", "url"],
          "properties": {
            "vendor": {"$ref": "#/components/schemas/SourceIdentity"},
            "attempt": {"type": "integer", "minimum": 1, "maximum": \##(ModelLimits.enrichmentAttempts)},
            "token": {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}\\.[1-9][0-9]?\\.[A-Za-z0-9_-]{43}$"},
            "url": {"description": "Path where it answers.", "type": "string", "format": "uri-reference"}
          }
        }
        """##
}
