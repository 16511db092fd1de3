/// What is sent of contacts.
enum NewContactSchemas {
    static let members = ##"""
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
            \##(ConsentSchemas.requested),
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
        "ContactChange": {
          "type": "object", "additionalProperties": false, "required": ["email"],
          "properties": {
            "email": {"type": "string", "format": "idn-email", "minLength": 3, "maxLength": 1016},
            "fullName": {"description": "Absent: it has none any more.", "type": ["string", "null"], "minLength": 1, "maxLength": 2048}
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
}
