/// What is answered of contacts.
enum ContactSchemas {
    static let members = [NewContactSchemas.members, answers].joined(separator: ",")

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
          "required": ["id", "email", "label", "version", "createdAt", "updatedAt", "restricted", "attributes", "consents", "objections"],
          "properties": {
            "id": {"$ref": "#/components/schemas/ContactID"},
            "email": {"type": "string"},
            "fullName": {"type": "string"},
            "label": {"description": "Joined of those of all its entries.", "$ref": "#/components/schemas/Label"},
            "version": {"description": "What the ETag says.", "$ref": "#/components/schemas/Index"},
            "createdAt": {"$ref": "#/components/schemas/Time"},
            "updatedAt": {"$ref": "#/components/schemas/Time"},
            "restricted": {"description": "Nothing that allows to process it is in force, or its person had it restricted.", "type": "boolean"},
            "attributes": {
              "description": "The current one of each type.", "type": "array", "items": {"$ref": "#/components/schemas/Attribute"}
            },
            "consents": {"type": "array", "items": {"$ref": "#/components/schemas/Consent"}},
            "objections": {"description": "Oldest first.", "type": "array", "items": {"$ref": "#/components/schemas/Objection"}}
          }
        },
        "Objection": {
          "type": "object", "required": ["purposeCodes", "objectedAt"],
          "properties": {
            "purposeCodes": {
              "description": "None: to automated merging.", "type": "array", "items": {"$ref": "#/components/schemas/PurposeCode"}
            },
            "objectedAt": {"$ref": "#/components/schemas/Time"}
          }
        },
        "ContactList": {
          "type": "object", "required": ["contacts"],
          "properties": {
            "contacts": {"type": "array", "items": {"$ref": "#/components/schemas/Contact"}},
            "next": {"description": "Absent: there is no more.", "$ref": "#/components/schemas/Cursor"}
          }
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
        "AttributeList": {
          "type": "object", "required": ["contactId", "version", "attributes"],
          "properties": {
            "contactId": {"$ref": "#/components/schemas/ContactID"},
            "version": {"description": "What the ETag says: the contact's.", "$ref": "#/components/schemas/Index"},
            "attributes": {"type": "array", "items": {"$ref": "#/components/schemas/Attribute"}}
          }
        },
        "Erasure": {
          "type": "object", "required": ["id", "status", "orderedIndex", "erasureId", "certificate", "notices"],
          "properties": {
            "id": {"$ref": "#/components/schemas/ContactID"},
            "status": {"enum": ["ORDERED", "ERASED"]},
            "orderedIndex": {"$ref": "#/components/schemas/Index"},
            "erasedIndex": {"$ref": "#/components/schemas/Index"},
            "epochBefore": {"description": "The TPM's erasure epoch.", "type": "integer", "minimum": 0},
            "epochAfter": {"type": "integer", "minimum": 1},
            "erasureId": {"$ref": "#/components/schemas/ContactID"},
            "certificate": {"description": "Where the signed certificate is, once the key is destroyed.", "type": "string", "format": "uri-reference"},
            "notices": {"description": "Where it is told who is to be told.", "type": "string", "format": "uri-reference"}
          }
        }
        """##
}
