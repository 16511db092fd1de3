/// `/api/v1/contacts`.
enum ContactPart {
    static let part = OpenAPIPart(
        paths: [all, one].joined(separator: ","), schemas: ContactSchemas.members)

    private static let all = ##"""
        "/api/v1/contacts": {
          \##(OpenAPIParameters.ofEveryPath),
          "post": {
            "operationId": "createContact", "tags": ["contacts"], "summary": "Create a contact",
            "description": "A replay under the same Idempotency-Key answers 201, too, as the first request did; 404 once the contact is erased, or no longer to be seen by the caller. 409 `suppressed` where an attribute is a vendor's and somebody with the address was erased.",
            \##(OpenAPIAccess.of(.createContact)),
            "parameters": [\##(OpenAPIParameters.refs("purpose", "idempotencyKey", "prefer"))],
            "requestBody": {"required": true, "content": {"application/json": {
              "schema": {"$ref": "#/components/schemas/NewContact"}, "example": \##(example)
            }}},
            "responses": {
              "201": {
                "description": "Created.",
                "headers": {\##(OpenAPIHeaders.of("Location", "Link", "Idempotent-Replayed", "Preference-Applied"))},
                "links": {\##(links)},
                "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/Written"}, "example": \##(written)
                }}
              },
              \##(ProblemPart.ofPurpose(404, 409, 413, 415))
            }
          },
          "get": \##(FindPart.operation)
        }
        """##

    private static let one = ##"""
        "/api/v1/contacts/{id}": {
          \##(OpenAPIParameters.ofEveryPath),
          "get": {
            "operationId": "getContact", "tags": ["contacts"], "summary": "Read a contact",
            \##(OpenAPIAccess.of(.readContact)),
            "parameters": [\##(OpenAPIParameters.refs("contactID", "purpose", "asOf", "asOfGeneration", "ifNoneMatch"))],
            "responses": {
              "200": {
                "description": "The contact.",
                "headers": {\##(OpenAPIHeaders.of("ETag"))},
                "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/Contact"}, "example": \##(contact)
                }}
              },
              "304": {"description": "It is the one that If-None-Match names.", "headers": {\##(OpenAPIHeaders.of("ETag"))}},
              \##(ProblemPart.ofPurpose(404))
            }
          },
          "put": {
            "operationId": "updateContact", "tags": ["contacts"], "summary": "Another address and name, as a whole",
            \##(OpenAPIAccess.of(.updateContact)),
            "parameters": [\##(OpenAPIParameters.refs("contactID", "purpose", "requiredIfMatch", "idempotencyKey", "prefer"))],
            "requestBody": {"required": true, "content": {"application/json": {
              "schema": {"$ref": "#/components/schemas/ContactChange"},
              "example": {"email": "jane.doe@example.com", "fullName": "Jane Doe"}
            }}},
            "responses": {
              "200": \##(changed),
              "204": \##(changedMinimal),
              \##(ProblemPart.ofPurpose(404, 409, 412, 413, 415, 428))
            }
          },
          "delete": {
            "operationId": "eraseContact", "tags": ["contacts"], "summary": "Forget a contact for good",
            "description": "From the order on the id answers 404. Repeating it does no harm. The request is signed (RFC 9421).",
            \##(OpenAPIAccess.of(.eraseContact)),
            "security": [{"bearer": [], "clientCertificate": []}],
            "parameters": [\##(OpenAPIParameters.refs("contactID", "oneIfMatch", "signatureInput", "signature"))],
            "responses": {
              "200": {
                "description": "Its key is destroyed.",
                "headers": {\##(OpenAPIHeaders.of("Link"))},
                "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/Erasure"},
                  "example": {"id": "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c", "status": "ERASED",
                    "orderedIndex": 51, "erasedIndex": 53, "epochBefore": 3, "epochAfter": 4,
                    "erasureId": "019b76da-a800-7d59-8cd4-bf549b76b091",
                    "certificate": "/api/v1/dsr/019b76da-a800-7d59-8cd4-bf549b76b091/certificate",
                    "notices": "/api/v1/dsr/019b76da-a800-7d59-8cd4-bf549b76b091/notices"}
                }}
              },
              "202": {
                "description": "Ordered, and done as soon as the TPM can be used.",
                "headers": {\##(OpenAPIHeaders.of("Link"))},
                "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/Erasure"},
                  "example": {"id": "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c", "status": "ORDERED", "orderedIndex": 51,
                    "erasureId": "019b76da-a800-7d59-8cd4-bf549b76b091",
                    "certificate": "/api/v1/dsr/019b76da-a800-7d59-8cd4-bf549b76b091/certificate",
                    "notices": "/api/v1/dsr/019b76da-a800-7d59-8cd4-bf549b76b091/notices"}
                }}
              },
              \##(ProblemPart.ofData(404, 409, 412))
            }
          }
        }
        """##

    private static let links = [
        link("read", "getContact"), link("update", "updateContact"),
        link("attributes", "getAttributes"), link("enrich", "addAttributes"),
        link("consent", "grantConsent"), link("history", "getHistory"),
        ##""relabel":{"operationId":"relabelContact","parameters":{"path.id":"$response.body#/id"}}"##,
        ##""erase":{"operationId":"eraseContact","parameters":{"path.id":"$response.body#/id"}}"##,
        ##""receipt":{"operationId":"getReceipt","parameters":{"path.index":"$response.body#/receipt/index"}}"##,
    ].joined(separator: ",")

    /// To what the new contact is the target of, for the purpose that it was created for.
    private static func link(_ name: String, _ operation: String) -> String {
        ##"""
        "\##(name)": {"operationId": "\##(operation)", "parameters": {
          "path.id": "$response.body#/id", "header.X-Purpose": "$request.header.X-Purpose"}}
        """##
    }

    /// Members of `responses` of what changes a contact.
    static let changed = ##"""
        {
          "description": "Done.",
          "headers": {\##(OpenAPIHeaders.of("Link", "Idempotent-Replayed"))},
          "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Written"}, "example": \##(written)}}
        }
        """##

    static let changedMinimal = ##"""
        {
          "description": "Done, and no more is to be said: return=minimal.",
          "headers": {\##(OpenAPIHeaders.of("Link", "Idempotent-Replayed", "Preference-Applied"))}
        }
        """##

    private static let example = #"""
        {"email": "jane@example.com", "fullName": "Jane Doe", "consentType": "EXPLICIT_OPT_IN",
         "legalBasis": "GDPR_ART6_1A", "purposeCodes": ["sales", "marketing"],
         "attributes": [{"attributeType": "jobTitle", "value": "Engineer", "confidence": 0.9,
           "sourceType": "VENDOR", "sourceIdentity": "vendor-7", "validFrom": "2026-01-31T09:30:00Z"}]}
        """#

    static let written = #"""
        {"id": "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c", "createdAt": "2026-01-31T09:30:00.000000Z",
         "receipt": {"generation": 1, "index": 42, "treeSize": 44,
           "leafHash": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"}}
        """#

    private static let contact = #"""
        {"id": "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c", "email": "jane@example.com", "fullName": "Jane Doe",
         "label": "s1/i1", "version": 42, "createdAt": "2026-01-31T09:30:00.000000Z",
         "updatedAt": "2026-01-31T09:30:00.000000Z", "restricted": false, "objections": [], "attributes": [],
         "consents": [{"id": "a3c1f0de-7b7e-4a54-8f0e-0b1d2c3e4f50", "consentType": "EXPLICIT_OPT_IN",
           "legalBasis": "GDPR_ART6_1A", "purposeCodes": ["sales"], "grantedAt": "2026-01-31T09:30:00.000000Z", "state": "ACTIVE"}]}
        """#
}
