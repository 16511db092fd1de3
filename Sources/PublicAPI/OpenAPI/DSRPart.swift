/// `/api/v1/dsr`: data subjects' requests.
enum DSRPart {
    static let part = OpenAPIPart(
        paths: [filings, works, queue, one, DSRAnswerPart.paths].joined(separator: ","),
        schemas: [DSRSchemas.members, DSRAnswerPart.schemas].joined(separator: ","))

    private static let filings = DSRRoutes.kinds.map {
        filing($0.path, $0.kind.rawValue, $0.kind.namesPurposes)
    }.joined(separator: ",")

    private static let works = steps.map(step).joined(separator: ",")

    /// `ccpa/opt-out` → `CcpaOptOut`
    private static func name(_ path: String) -> String {
        path.split { $0 == "/" || $0 == "-" }
            .map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static func filing(_ path: String, _ kind: String, _ namesPurposes: Bool) -> String {
        let purposes = namesPurposes ? #", "purposeCodes": ["marketing"]"# : ""
        let jurisdiction = path.hasPrefix("ccpa/") ? "US-CA" : "DE"
        return ##"""
            "/api/v1/dsr/\##(path)": {
              \##(OpenAPIParameters.ofEveryPath),
              "post": {
                "operationId": "file\##(name(path))Request", "tags": ["dsr"], "summary": "File a request: \##(kind)",
                "description": "The day that it is due counts by the law's calendar\##(namesPurposes ? "; `purposeCodes` are required." : ".")",
                \##(OpenAPIAccess.of(.fileRequest)),
                "parameters": [\##(OpenAPIParameters.refs("idempotencyKey"))],
                "requestBody": {"required": true, "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/NewRequest"},
                  "example": {"email": "jane@example.com", "jurisdiction": "\##(jurisdiction)", "channel": "EMAIL"\##(purposes)}
                }}},
                "responses": {
                  "201": {
                    "description": "Filed.",
                    "headers": {\##(OpenAPIHeaders.of("Location", "Link", "Idempotent-Replayed"))},
                    "content": {"application/json": {
                      "schema": {"$ref": "#/components/schemas/SubjectRequest"}, "example": \##(DSRSchemas.example)
                    }},
                    "links": {\##(links)}
                  },
                  \##(ProblemPart.ofData(404, 409, 413, 415, 422))
                }
              }
            }
            """##
    }

    private static let links =
        (worked + [
            "getRequest", "getRequestAnswer", "getRequestEvidence", "getNotices", "getCertificate",
        ])
        .map { operation in
            ##""\##(operation)":{"operationId":"\##(operation)","parameters":{"path.id":"$response.body#/id"}}"##
        }.joined(separator: ",")

    private static let worked = steps.map { "work\(name($0.path))Request" }

    private static let steps: [(path: String, summary: String, schema: String, example: String)] = [
        (
            "identity", "It is the person's own", "IdentityVerified",
            #"{"method": "EMAIL_CONFIRMED"}"#
        ),
        ("start", "Begin with it", "NothingMore", "{}"),
        ("extend", "It takes longer", "RequestReason", #"{"reason": "COMPLEXITY"}"#),
        ("complete", "It is answered, wholly or in part", "RequestCompleted", "{}"),
        ("refuse", "It is not answered", "RequestReasons", #"{"reasons": ["EXCESSIVE"]}"#),
        ("cancel", "It is withdrawn", "RequestReason", #"{"reason": "WITHDRAWN"}"#),
        ("lift", "Lift a restriction", "NothingMore", "{}"),
    ]

    private static func step(
        _ step: (path: String, summary: String, schema: String, example: String)
    ) -> String {
        ##"""
        "/api/v1/dsr/{id}/\##(step.path)": {
          \##(OpenAPIParameters.ofEveryPath),
          "post": {
            "operationId": "work\##(name(step.path))Request", "tags": ["dsr"], "summary": "\##(step.summary)",
            "description": "409 `illegal-step` for what does not lead on from where the request stands.",
            \##(OpenAPIAccess.of(.workRequest)),
            "parameters": [\##(requestID), \##(OpenAPIParameters.refs("idempotencyKey"))],
            "requestBody": {"required": true, "content": {"application/json": {
              "schema": {"$ref": "#/components/schemas/\##(step.schema)"}, "example": \##(step.example)
            }}},
            "responses": {
              "200": {
                "description": "Where it stands now.",
                "headers": {\##(OpenAPIHeaders.of("Link", "Idempotent-Replayed"))},
                "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/SubjectRequest"}, "example": \##(DSRSchemas.example)
                }}
              },
              \##(ProblemPart.ofData(404, 409, 413, 415, 422))
            }
          }
        }
        """##
    }

    static let requestID = #"""
        {"name": "id", "in": "path", "required": true, "description": "The request's id.",
         "schema": {"type": "string", "format": "uuid"}, "example": "c4d5e6f7-0819-4a2b-93c4-d5e6f708192a"}
        """#

    private static let queue = ##"""
        "/api/v1/dsr": {
          \##(OpenAPIParameters.ofEveryPath),
          "get": {
            "operationId": "listRequests", "tags": ["dsr"], "summary": "Requests by the day that they are due",
            \##(OpenAPIAccess.of(.listRequests)),
            "parameters": [
              {"name": "due", "in": "query", "description": "Until this day.", "schema": {"type": "string", "format": "date"}, "example": "2036-01-31"},
              {"name": "state", "in": "query", "description": "All open ones when absent.",
               "schema": {"$ref": "#/components/schemas/RequestState"}, "example": "RECEIVED"},
              {"name": "cursor", "in": "query", "description": "`next` of the page before.",
               "schema": {"$ref": "#/components/schemas/RequestCursor"}, "example": "2026-01-31.1a"},
              {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}, "example": 50}
            ],
            "responses": {
              "200": {
                "description": "A page.",
                "headers": {\##(OpenAPIHeaders.of())},
                "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/RequestQueue"}, "example": {"requests": [\##(DSRSchemas.example)]}
                }}
              },
              \##(ProblemPart.ofData())
            }
          }
        }
        """##

    private static let one = ##"""
        "/api/v1/dsr/{id}": {
          \##(OpenAPIParameters.ofEveryPath),
          "get": {
            "operationId": "getRequest", "tags": ["dsr"], "summary": "Where a request stands",
            "description": "And the entries that it went on by; it outlives the contact.",
            \##(OpenAPIAccess.of(.readRequest)),
            "parameters": [\##(requestID)],
            "responses": {
              "200": {
                "description": "The request.",
                "headers": {\##(OpenAPIHeaders.of())},
                "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/SubjectRequest"}, "example": \##(DSRSchemas.example)
                }}
              },
              \##(ProblemPart.ofData(404))
            }
          }
        }
        """##
}
