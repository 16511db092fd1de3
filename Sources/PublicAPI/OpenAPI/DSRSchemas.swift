/// What is sent and answered of data subjects' requests.
enum DSRSchemas {
    static let members = [requests, answers].joined(separator: ",")

    static let example = #"""
        {"id": "c4d5e6f7-0819-4a2b-93c4-d5e6f708192a", "contactId": "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c",
         "kind": "GDPR_ART15_ACCESS", "state": "RECEIVED", "receivedAt": "2026-01-31T09:30:00.000000Z", "due": "2026-02-28",
         "extended": false, "jurisdiction": "DE", "channel": "EMAIL"}
        """#

    private static let reasons = #"""
        "COMPLEXITY", "NUMBER_OF_REQUESTS", "IDENTITY_NOT_ESTABLISHED", "MANIFESTLY_UNFOUNDED", "EXCESSIVE", "RIGHTS_OF_OTHERS",
        "ACCURATE", "NO_GROUND_FOR_RESTRICTION", "NOT_PORTABLE", "COMPELLING_GROUNDS", "ART17_3A_EXPRESSION",
        "ART17_3B_LEGAL_OBLIGATION", "ART17_3C_PUBLIC_HEALTH", "ART17_3D_ARCHIVING", "ART17_3E_LEGAL_CLAIMS", "LEGAL_HOLD",
        "CCPA_1798_105_D", "WITHDRAWN", "DUPLICATE"
        """#

    private static let requests = ##"""
        "NewRequest": {
          "type": "object", "additionalProperties": false, "required": ["jurisdiction", "channel"],
          "properties": {
            "contactId": {"type": ["string", "null"], "format": "uuid"},
            "email": {"type": ["string", "null"], "format": "idn-email", "minLength": 3, "maxLength": 1016},
            "jurisdiction": {"$ref": "#/components/schemas/Jurisdiction"},
            "channel": {"$ref": "#/components/schemas/RequestChannel"},
            "receivedAt": {"description": "RFC 3339, not in the future; now when absent.", "type": ["string", "null"], "format": "date-time"},
            "words": {"description": "What the person wrote, or a note of it; 4096 bytes of UTF-8 at most, encrypted.", "type": ["string", "null"], "minLength": 1, "maxLength": 16384},
            "purposeCodes": {"anyOf": [{"$ref": "#/components/schemas/PurposeCodes"}, {"type": "null"}]}
          },
          "oneOf": [
            {"properties": {"contactId": {"type": "string"}, "email": {"type": "null"}}, "required": ["contactId"]},
            {"properties": {"email": {"type": "string"}, "contactId": {"type": "null"}}, "required": ["email"]}
          ]
        },
        "Jurisdiction": {
          "description": "A country, or a part of one, by ISO 3166; `EU` is taken as one.",
          "type": "string", "pattern": "^[A-Z]{2}(-[A-Z0-9]{1,3})?$"
        },
        "RequestChannel": {"enum": ["EMAIL", "WEB_FORM", "POST", "PHONE", "IN_PERSON", "API", "PREFERENCE_SIGNAL", "AGENT"]},
        "Reason": {
          "description": "Which are right depends on the step and on the kind of request, else 422.",
          "enum": [\##(reasons)]
        },
        "IdentityVerified": {
          "type": "object", "additionalProperties": false, "required": ["method"],
          "properties": {
            "method": {"enum": ["EMAIL_CONFIRMED", "ACCOUNT_LOGIN", "IDENTITY_DOCUMENT", "KNOWN_IN_PERSON", "AUTHORIZED_AGENT", "NOT_REQUIRED"]},
            "evidenceRef": {"description": "Where its proof is kept; encrypted.", "type": ["string", "null"], "minLength": 1, "maxLength": 16384}
          }
        },
        "NothingMore": {"type": "object", "additionalProperties": false, "maxProperties": 0},
        "RequestReason": {
          "type": "object", "additionalProperties": false, "required": ["reason"],
          "properties": {"reason": {"$ref": "#/components/schemas/Reason"}}
        },
        "RequestReasons": {
          "type": "object", "additionalProperties": false, "required": ["reasons"],
          "properties": {"reasons": {"type": "array", "minItems": 1, "maxItems": 8, "items": {"$ref": "#/components/schemas/Reason"}}}
        },
        "RequestCompleted": {
          "type": "object", "additionalProperties": false,
          "properties": {
            "reasons": {"description": "They make it an answer in part.", "type": ["array", "null"], "maxItems": 8, "items": {"$ref": "#/components/schemas/Reason"}},
            "attributes": {"description": "What a correction brings.", "type": ["array", "null"], "maxItems": 64, "items": {"$ref": "#/components/schemas/NewAttribute"}}
          }
        }
        """##

    private static let answers = ##"""
        "RequestState": {"enum": ["RECEIVED", "IDENTITY_VERIFIED", "IN_PROGRESS", "COMPLETED", "PARTIALLY_COMPLETED", "REFUSED", "CANCELLED"]},
        "RequestCursor": {"description": "Opaque.", "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}\\.(0|[1-9a-z][0-9a-z]{0,9})$"},
        "RequestQueue": {
          "type": "object", "required": ["requests"],
          "properties": {
            "requests": {"type": "array", "maxItems": 200, "items": {"$ref": "#/components/schemas/SubjectRequest"}},
            "next": {"description": "Absent: there is no more.", "$ref": "#/components/schemas/RequestCursor"}
          }
        },
        "SubjectRequest": {
          "type": "object",
          "required": ["id", "kind", "state", "receivedAt", "due", "extended", "jurisdiction", "channel"],
          "properties": {
            "id": {"$ref": "#/components/schemas/ContactID"},
            "contactId": {"description": "Absent once the contact is erased.", "$ref": "#/components/schemas/ContactID"},
            "kind": {"enum": [
              "GDPR_ART15_ACCESS", "GDPR_ART16_RECTIFY", "GDPR_ART17_DELETE", "GDPR_ART18_RESTRICT", "GDPR_ART20_PORTABILITY",
              "GDPR_ART21_OBJECT", "GDPR_ART22_OBJECT_MERGING", "CCPA_KNOW", "CCPA_DELETE", "CCPA_CORRECT", "CCPA_OPT_OUT", "CCPA_LIMIT_USE"
            ]},
            "state": {"$ref": "#/components/schemas/RequestState"},
            "receivedAt": {"$ref": "#/components/schemas/Time"},
            "due": {"type": "string", "format": "date"},
            "extended": {"type": "boolean"},
            "jurisdiction": {"$ref": "#/components/schemas/Jurisdiction"},
            "channel": {"$ref": "#/components/schemas/RequestChannel"},
            "purposeCodes": {"$ref": "#/components/schemas/PurposeCodes"},
            "reasons": {"type": "array", "items": {"$ref": "#/components/schemas/Reason"}},
            "words": {"type": "string"},
            "steps": {"type": "array", "items": {"$ref": "#/components/schemas/RequestStep"}},
            \##(ErasurePart.noticeMembers)
          }
        },
        "RequestStep": {
          "type": "object", "required": ["type", "generation", "index", "time", "actor", "receipt"],
          "properties": {
            "type": {"type": "string"},
            "generation": {"$ref": "#/components/schemas/Generation"},
            "index": {"$ref": "#/components/schemas/Index"},
            "time": {"$ref": "#/components/schemas/Time"},
            "actor": {"type": "string"},
            "recipient": {"description": "Who is to be told (Article 19).", "type": "string"},
            "receipt": {"description": "Where it is.", "type": "string", "format": "uri-reference"}
          }
        }
        """##
}
