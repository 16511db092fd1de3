/// Probes, and this document.
enum HealthPart {
    static let part = OpenAPIPart(
        paths: ##"""
            "/healthz": {
              "get": {
                "operationId": "isAlive", "tags": ["service"], "summary": "Alive", "security": [],
                "responses": {
                  "200": {
                    "description": "The gateway answers.",
                    "content": {"application/json": {
                      "schema": {"type": "object", "required": ["status"], "properties": {"status": {"const": "alive"}}},
                      "example": {"status": "alive"}
                    }}
                  },
                  \##(ProblemPart.ofProbe())
                }
              }
            },
            "/readyz": {
              "get": {
                "operationId": "isReady", "tags": ["service"], "summary": "Able to write", "security": [],
                "responses": {
                  "200": {
                    "description": "All are ready.",
                    "content": {"application/json": {
                      "schema": {"$ref": "#/components/schemas/Readiness"},
                      "example": {"status": "ready", "ledger": {"ready": true}, "keeper": {"ready": true},
                        "policies": {"ready": true}, "certificates": "current", "credentials": "current"}
                    }}
                  },
                  "503": {
                    "description": "Something is not; `detail` says what.",
                    "headers": {"Retry-After": {"$ref": "#/components/headers/Retry-After"}},
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Readiness"}}}
                  },
                  \##(ProblemPart.ofProbe())
                }
              }
            },
            "/openapi.json": {
              \##(OpenAPIParameters.ofEveryPath),
              "get": {
                "operationId": "getOpenAPI", "tags": ["service"], "summary": "This document", "security": [],
                "parameters": [\##(OpenAPIParameters.refs("ifNoneMatch"))],
                "responses": {
                  "200": {
                    "description": "OpenAPI 3.1.",
                    "headers": {\##(OpenAPIHeaders.of("ETag", "Cache-Control"))},
                    "content": {"application/json": {
                      "schema": {"type": "object", "required": ["openapi"], "properties": {"openapi": {"const": "3.1.1"}}}
                    }}
                  },
                  "304": {
                    "description": "It is the one that If-None-Match names.",
                    "headers": {\##(OpenAPIHeaders.of("ETag", "Cache-Control"))}
                  },
                  \##(ProblemPart.ofPublic())
                }
              }
            }
            """##,
        schemas: ##"""
            "Readiness": {
              "type": "object", "required": ["status", "ledger", "keeper", "policies", "certificates", "credentials"],
              "properties": {
                "status": {"enum": ["ready", "not-ready"]},
                "detail": {"type": "string"},
                "ledger": {"$ref": "#/components/schemas/PartReadiness"},
                "keeper": {"$ref": "#/components/schemas/PartReadiness"},
                "policies": {"$ref": "#/components/schemas/PartReadiness"},
                "certificates": {"enum": ["current", "outdated", "revocations-ended"]},
                "credentials": {"enum": ["current", "outdated"]}
              }
            },
            "PartReadiness": {"type": "object", "required": ["ready"], "properties": {"ready": {"type": "boolean"}}}
            """##)
}
