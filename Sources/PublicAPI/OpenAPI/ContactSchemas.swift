/// What is sent and answered of contacts.
enum ContactSchemas {
    static let members = [requests, answers].joined(separator: ",")

    private static let requests = ##"""
        "NewContact": {
          "type": "object", "additionalProperties": false,
          "required": ["email", "consentType", "legalBasis", "purposeCodes"],
          "properties": {
            "email": {
              "description": "Kept in lower case, NFC, the domain as A-labels; 254 bytes at most. No quoted local part, no address in brackets.",
              "type": "string", "format": "idn-email", "minLength": 3, "maxLength": 1016
            },
            "fullName": {
              "description": "NFC, 512 bytes of UTF-8 at most, no control characters.",
              "type": ["string", "null"], "minLength": 1, "maxLength": 2048
            },
            "consentType": {"$ref": "#/components/schemas/ConsentType"},
            "legalBasis": {"$ref": "#/components/schemas/LegalBasis"},
            "purposeCodes": {"$ref": "#/components/schemas/PurposeCodes"},
            "consents": {
              "description": "Further consents, or other legal bases.",
              "type": ["array", "null"], "maxItems": 15, "items": {"$ref": "#/components/schemas/NewConsent"}
            },
            "attributes": {
              "type": ["array", "null"], "maxItems": 64, "items": {"$ref": "#/components/schemas/NewAttribute"}
            },
            "label": {"description": "`s1/i1` when absent.", "anyOf": [{"$ref": "#/components/schemas/Label"}, {"type": "null"}]}
          }
        },
        "NewConsent": {
          "type": "object", "additionalProperties": false,
          "required": ["consentType", "legalBasis", "purposeCodes"],
          "properties": {
            "consentType": {"$ref": "#/components/schemas/ConsentType"},
            "legalBasis": {"$ref": "#/components/schemas/LegalBasis"},
            "purposeCodes": {"$ref": "#/components/schemas/PurposeCodes"},
            "grantedAt": {
              "description": "RFC 3339, not in the future; when it is accepted, if absent.",
              "type": ["string", "null"], "format": "date-time"
            }
          }
        },
        "NewAttribute": {
          "type": "object", "additionalProperties": false,
          "required": ["attributeType", "value", "confidence", "sourceType"],
          "properties": {
            "attributeType": {"$ref": "#/components/schemas/AttributeType"},
            "value": {
              "description": "NFC, 1 to 4096 bytes of UTF-8, no control characters but line feed and tab.",
              "type": "string", "minLength": 1, "maxLength": 16384
            },
            "confidence": {"description": "Kept as ten-thousandths.", "type": "number", "minimum": 0, "maximum": 1},
            "sourceType": {"$ref": "#/components/schemas/SourceType"},
            "sourceIdentity": {
              "description": "Required, but of DATA_SUBJECT, which has none.",
              "anyOf": [{"$ref": "#/components/schemas/SourceIdentity"}, {"type": "null"}]
            },
            "validFrom": {
              "description": "RFC 3339; when it is accepted, if absent.", "type": ["string", "null"], "format": "date-time"
            },
            "validUntil": {
              "description": "RFC 3339, later than validFrom.", "type": ["string", "null"], "format": "date-time"
            },
            "label": {
              "description": "The contact's when absent.", "anyOf": [{"$ref": "#/components/schemas/Label"}, {"type": "null"}]
            }
          },
          "oneOf": [
            {"properties": {"sourceType": {"const": "DATA_SUBJECT"}, "sourceIdentity": {"type": "null"}}},
            {"properties": {"sourceType": {"enum": ["VENDOR", "CRM", "MARKETING", "OPERATOR", "DERIVED"]},
              "sourceIdentity": {"type": "string"}}, "required": ["sourceIdentity"]}
          ]
        },
        "Relabelling": {
          "type": "object", "additionalProperties": false, "required": ["label", "reason"],
          "properties": {
            "label": {"$ref": "#/components/schemas/Label"},
            "reason": {
              "description": "Stays readable for ever, so it names nobody.",
              "type": "string", "pattern": "^(?! )[A-Za-z0-9 ._:;,/()#-]{1,128}(?<! )$"
            }
          }
        }
        """##

    private static let answers = ##"""
        "Written": {
          "type": "object", "required": ["id", "createdAt", "receipt"],
          "properties": {
            "id": {"$ref": "#/components/schemas/ContactID"},
            "createdAt": {"$ref": "#/components/schemas/Time"},
            "receipt": {"$ref": "#/components/schemas/Receipt"}
          }
        },
        "Contact": {
          "type": "object",
          "required": ["id", "email", "label", "version", "createdAt", "updatedAt", "attributes", "consents"],
          "properties": {
            "id": {"$ref": "#/components/schemas/ContactID"},
            "email": {"type": "string"},
            "fullName": {"type": "string"},
            "label": {"description": "Joined of those of all its entries.", "$ref": "#/components/schemas/Label"},
            "version": {"description": "What the ETag says.", "$ref": "#/components/schemas/Index"},
            "createdAt": {"$ref": "#/components/schemas/Time"},
            "updatedAt": {"$ref": "#/components/schemas/Time"},
            "attributes": {
              "description": "The current one of each type.", "type": "array", "items": {"$ref": "#/components/schemas/Attribute"}
            },
            "consents": {"type": "array", "items": {"$ref": "#/components/schemas/Consent"}}
          }
        },
        "ContactList": {
          "type": "object", "required": ["contacts"],
          "properties": {"contacts": {"type": "array", "items": {"$ref": "#/components/schemas/Contact"}}}
        },
        "Attribute": {
          "type": "object",
          "required": ["id", "attributeType", "value", "label", "confidence", "provenanceId", "sourceType", "validFrom"],
          "properties": {
            "id": {"$ref": "#/components/schemas/ContactID"},
            "attributeType": {"$ref": "#/components/schemas/AttributeType"},
            "value": {"type": "string"},
            "label": {"$ref": "#/components/schemas/Label"},
            "confidence": {"type": "number", "minimum": 0, "maximum": 1},
            "provenanceId": {"$ref": "#/components/schemas/ContactID"},
            "sourceType": {"$ref": "#/components/schemas/SourceType"},
            "sourceIdentity": {"$ref": "#/components/schemas/SourceIdentity"},
            "validFrom": {"$ref": "#/components/schemas/Time"},
            "validUntil": {"$ref": "#/components/schemas/Time"}
          }
        },
        "Consent": {
          "type": "object", "required": ["id", "consentType", "legalBasis", "purposeCodes", "grantedAt"],
          "properties": {
            "id": {"$ref": "#/components/schemas/ContactID"},
            "consentType": {"$ref": "#/components/schemas/ConsentType"},
            "legalBasis": {"$ref": "#/components/schemas/LegalBasis"},
            "purposeCodes": {"$ref": "#/components/schemas/PurposeCodes"},
            "grantedAt": {"$ref": "#/components/schemas/Time"},
            "revokedAt": {"$ref": "#/components/schemas/Time"}
          }
        },
        "Erasure": {
          "type": "object", "required": ["id", "status", "orderedIndex"],
          "properties": {
            "id": {"$ref": "#/components/schemas/ContactID"},
            "status": {"enum": ["ORDERED", "ERASED"]},
            "orderedIndex": {"$ref": "#/components/schemas/Index"},
            "erasedIndex": {"$ref": "#/components/schemas/Index"},
            "epochBefore": {"description": "The TPM's erasure epoch.", "type": "integer", "minimum": 0},
            "epochAfter": {"type": "integer", "minimum": 1}
          }
        }
        """##
}
