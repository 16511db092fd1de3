/// Consent records (ISO/IEC TS 27560).
enum ConsentSchemas {
    /// Properties of what is sent, by itself or as part of a contact.
    static let requested = ##"""
        "consentType": {"$ref": "#/components/schemas/ConsentType"},
        "legalBasis": {"$ref": "#/components/schemas/LegalBasis"},
        "purposeCodes": {"$ref": "#/components/schemas/PurposeCodes"},
        "controller": {"description": "Whom it was given to.", "type": ["string", "null"], "pattern": "^[A-Za-z0-9._:-]{1,64}$"},
        "noticeRef": {"description": "Which privacy notice was shown.", "type": ["string", "null"], "pattern": "^[A-Za-z0-9._:/-]{1,128}$"},
        "language": {"description": "Of the notice, BCP 47.", "type": ["string", "null"], "pattern": "^[A-Za-z0-9-]{1,35}$"},
        "jurisdiction": {"description": "ISO 3166.", "type": ["string", "null"], "pattern": "^[A-Z0-9-]{1,6}$"},
        "collectionMethod": {"enum": ["WEB_FORM", "EMAIL", "PHONE", "PAPER", "IN_PERSON", "IMPORT", "API", null]},
        "evidenceRef": {
          "description": "Where its proof lies, 512 bytes of UTF-8 at most; it may name a person and is encrypted.",
          "type": ["string", "null"], "minLength": 1, "maxLength": 2048
        }
        """##

    static let written = #"""
        {"id": "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c", "createdAt": "2026-01-31T09:30:00.000000Z",
         "receipt": {"generation": 1, "index": 42, "treeSize": 44,
           "leafHash": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"},
         "consent": {"schemaVersion": "ISO/IEC TS 27560:2023", "id": "a3c1f0de-7b7e-4a54-8f0e-0b1d2c3e4f50", "consentType": "DOUBLE_OPT_IN",
           "legalBasis": "GDPR_ART6_1A", "purposeCodes": ["marketing"], "grantedAt": "2026-01-31T09:30:00.000000Z",
           "state": "ACTIVE", "controller": "example-gmbh", "noticeRef": "privacy-notice/7", "language": "de",
           "jurisdiction": "DE", "collectionMethod": "WEB_FORM", "hasEvidence": true}}
        """#

    /// Properties of what is answered.
    private static let answered = ##"""
        "id": {"$ref": "#/components/schemas/ContactID"},
        "consentType": {"$ref": "#/components/schemas/ConsentType"},
        "legalBasis": {"$ref": "#/components/schemas/LegalBasis"},
        "purposeCodes": {"$ref": "#/components/schemas/PurposeCodes"},
        "grantedAt": {"$ref": "#/components/schemas/Time"},
        "state": {"enum": ["ACTIVE", "REVOKED"]},
        "controller": {"type": "string"},
        "noticeRef": {"type": "string"},
        "language": {"type": "string"},
        "jurisdiction": {"type": "string"},
        "collectionMethod": {"enum": ["WEB_FORM", "EMAIL", "PHONE", "PAPER", "IN_PERSON", "IMPORT", "API"]}
        """##

    static let members = ##"""
        "NewConsent": {
          "type": "object", "additionalProperties": false,
          "required": ["consentType", "legalBasis", "purposeCodes"],
          "properties": {
            \##(requested),
            "grantedAt": {
              "description": "RFC 3339, not in the future; when it is accepted, if absent.",
              "type": ["string", "null"], "format": "date-time"
            }
          }
        },
        "Consent": {
          "type": "object", "required": ["id", "consentType", "legalBasis", "purposeCodes", "grantedAt", "state"],
          "properties": {
            \##(answered),
            "revokedAt": {"$ref": "#/components/schemas/Time"},
            "evidenceRef": {"description": "Absent, too, where the caller is not cleared for it.", "type": "string"}
          }
        },
        "ConsentWritten": {
          "type": "object", "required": ["id", "createdAt", "receipt"],
          "properties": {
            "id": {"description": "The contact's.", "$ref": "#/components/schemas/ContactID"},
            "createdAt": {"$ref": "#/components/schemas/Time"},
            "receipt": {"$ref": "#/components/schemas/Receipt"},
            "consent": {
              "description": "Absent where the record cannot be read again now.",
              "type": "object",
              "required": ["id", "consentType", "legalBasis", "purposeCodes", "grantedAt", "state", "hasEvidence"],
              "properties": {
                \##(answered),
                "schemaVersion": {"type": "string"},
                "hasEvidence": {"description": "Whether a reference to its proof is kept.", "type": "boolean"}
              }
            }
          }
        }
        """##
}
