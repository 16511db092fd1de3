/// What changes of a contact beside its address and name: attributes, consents, its label.
enum ContactChangePart {
    static let part = OpenAPIPart(
        paths: [attributes, consent, revocation, relabel].joined(separator: ","),
        schemas: ConsentSchemas.members)

    private static let attributes = ##"""
        "/api/v1/contacts/{id}/attributes": {
          \##(OpenAPIParameters.ofEveryPath),
          "get": {
            "operationId": "getAttributes", "tags": ["contacts"], "summary": "Read a contact's attributes",
            \##(OpenAPIAccess.of(.readContact)),
            "parameters": [\##(OpenAPIParameters.refs("contactID", "purpose", "asOf", "asOfGeneration", "ifNoneMatch"))],
            "responses": {
              "200": {
                "description": "The current one of each type.",
                "headers": {\##(OpenAPIHeaders.of("ETag"))},
                "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/AttributeList"},
                  "example": {"contactId": "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c", "version": 42, "attributes": []}
                }}
              },
              "304": {"description": "It is the one that If-None-Match names.", "headers": {\##(OpenAPIHeaders.of("ETag"))}},
              \##(ProblemPart.ofPurpose(404))
            }
          },
          "post": {
            "operationId": "addAttributes", "tags": ["contacts"], "summary": "Record attributes",
            "description": "Each becomes the current one of its type and ends the one before. The purpose is covered by what is in force now.",
            \##(OpenAPIAccess.of(.addAttributes)),
            "parameters": [\##(OpenAPIParameters.refs("contactID", "purpose", "ifMatch", "idempotencyKey", "prefer"))],
            "requestBody": {"required": true, "content": {"application/json": {
              "schema": {"$ref": "#/components/schemas/NewAttributes"},
              "example": {"attributes": [{"attributeType": "phone", "value": "+49 30 1234", "confidence": 1, "sourceType": "DATA_SUBJECT"}]}
            }}},
            "responses": {
              "201": {
                "description": "Recorded.",
                "headers": {\##(OpenAPIHeaders.of("Link", "Idempotent-Replayed", "Preference-Applied"))},
                "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/Written"}, "example": \##(ContactPart.written)
                }}
              },
              \##(ProblemPart.ofPurpose(404, 409, 412, 413, 415))
            }
          }
        }
        """##

    private static let consent = ##"""
        "/api/v1/contacts/{id}/consent": {
          \##(OpenAPIParameters.ofEveryPath),
          "post": {
            "operationId": "grantConsent", "tags": ["contacts"], "summary": "Record a consent, or another legal basis",
            \##(OpenAPIAccess.of(.grantConsent)),
            "parameters": [\##(OpenAPIParameters.refs("contactID", "purpose", "ifMatch", "idempotencyKey", "prefer"))],
            "requestBody": {"required": true, "content": {"application/json": {
              "schema": {"$ref": "#/components/schemas/NewConsent"},
              "example": {"consentType": "DOUBLE_OPT_IN", "legalBasis": "GDPR_ART6_1A", "purposeCodes": ["marketing"],
                "controller": "example-gmbh", "noticeRef": "privacy-notice/7", "language": "de", "jurisdiction": "DE",
                "collectionMethod": "WEB_FORM", "evidenceRef": "form 4711"}
            }}},
            "responses": {
              "201": {
                "description": "Recorded; `consent` is its record (ISO/IEC TS 27560).",
                "headers": {
                  \##(OpenAPIHeaders.of("Link", "Idempotent-Replayed", "Preference-Applied")),
                  "Location": {"description": "The consent's path.", "schema": {"type": "string", "format": "uri-reference"}}
                },
                "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/ConsentWritten"}, "example": \##(ConsentSchemas.written)
                }},
                "links": {
                  "revoke": {"operationId": "revokeConsent",
                    "parameters": {"path.id": "$response.body#/id", "path.cid": "$response.body#/consent/id"}}
                }
              },
              \##(ProblemPart.ofPurpose(404, 409, 412, 413, 415))
            }
          }
        }
        """##

    private static let revocation = ##"""
        "/api/v1/contacts/{id}/consent/{cid}": {
          \##(OpenAPIParameters.ofEveryPath),
          "delete": {
            "operationId": "revokeConsent", "tags": ["contacts"], "summary": "End a consent",
            "description": "From the next request on. 404 once it is ended.",
            \##(OpenAPIAccess.of(.revokeConsent)),
            "parameters": [
              {"name": "cid", "in": "path", "required": true, "description": "The consent's id.",
               "schema": {"type": "string", "format": "uuid"}, "example": "a3c1f0de-7b7e-4a54-8f0e-0b1d2c3e4f50"},
              \##(OpenAPIParameters.refs("contactID", "ifMatch", "idempotencyKey", "prefer"))
            ],
            "responses": {
              "200": \##(ContactPart.changed),
              "204": \##(ContactPart.changedMinimal),
              \##(ProblemPart.ofData(404, 409, 412, 422))
            }
          }
        }
        """##

    private static let relabel = ##"""
        "/api/v1/contacts/{id}/relabel": {
          \##(OpenAPIParameters.ofEveryPath),
          "post": {
            "operationId": "relabelContact", "tags": ["contacts"], "summary": "Raise or endorse a contact's label",
            "description": "The caller's clearance holds the new label, the contact's and those of all its values; nothing lowers a label.",
            \##(OpenAPIAccess.of(.relabelContact)),
            "security": [{"bearer": [], "clientCertificate": []}],
            "parameters": [\##(OpenAPIParameters.refs("contactID", "ifMatch", "idempotencyKey", "prefer"))],
            "requestBody": {"required": true, "content": {"application/json": {
              "schema": {"$ref": "#/components/schemas/Relabelling"},
              "example": {"label": "s1/i2", "reason": "verified by phone, case 17"}
            }}},
            "responses": {
              "200": \##(ContactPart.changed),
              "204": \##(ContactPart.changedMinimal),
              \##(ProblemPart.ofData(404, 409, 412, 413, 415, 422))
            }
          }
        }
        """##
}
