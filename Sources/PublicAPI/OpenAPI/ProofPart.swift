/// `/api/v1/ledger/proofs`.
enum ProofPart {
    static let part = OpenAPIPart(
        paths: ##"""
            "/api/v1/ledger/proofs/inclusion": {
              \##(OpenAPIParameters.ofEveryPath),
              "get": {
                "operationId": "proveInclusion", "tags": ["ledger"], "summary": "Prove that an entry is in a tree",
                \##(OpenAPIAccess.of(.proveInclusion)),
                "parameters": [
                  {"name": "index", "in": "query", "required": true, "schema": {"$ref": "#/components/schemas/Index"}, "example": 0},
                  {"name": "size", "in": "query", "description": "More than index; the newest signed size when absent.",
                   "schema": {"$ref": "#/components/schemas/TreeSize"}, "example": 1},
                  \##(OpenAPIParameters.refs("generation"))
                ],
                "responses": {
                  "200": {
                    "description": "An RFC 6962 inclusion proof.",
                    "headers": {\##(OpenAPIHeaders.of())},
                    "content": {"application/json": {
                      "schema": {"$ref": "#/components/schemas/InclusionProof"},
                      "example": {"index": 0, "size": 1,
                        "leafHash": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
                        "root": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef", "hashes": []}
                    }}
                  },
                  \##(ProblemPart.ofData(404))
                }
              }
            },
            "/api/v1/ledger/proofs/consistency": {
              \##(OpenAPIParameters.ofEveryPath),
              "get": {
                "operationId": "proveConsistency", "tags": ["ledger"], "summary": "Prove that a tree continues another",
                \##(OpenAPIAccess.of(.proveConsistency)),
                "parameters": [
                  {"name": "from", "in": "query", "required": true, "description": "Not more than `to`.",
                   "schema": {"$ref": "#/components/schemas/TreeSize"}, "example": 1},
                  {"name": "to", "in": "query", "required": true, "schema": {"$ref": "#/components/schemas/TreeSize"}, "example": 1},
                  \##(OpenAPIParameters.refs("generation"))
                ],
                "responses": {
                  "200": {
                    "description": "An RFC 6962 consistency proof.",
                    "headers": {\##(OpenAPIHeaders.of())},
                    "content": {"application/json": {
                      "schema": {"$ref": "#/components/schemas/ConsistencyProof"},
                      "example": {"from": 1, "to": 1,
                        "fromRoot": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
                        "toRoot": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef", "hashes": []}
                    }}
                  },
                  \##(ProblemPart.ofData(404))
                }
              }
            }
            """##,
        schemas: ##"""
            "ProofHashes": {
              "description": "32 bytes each, from the leaf upward.",
              "type": "array", "maxItems": 64, "items": {"$ref": "#/components/schemas/Base64"}
            },
            "InclusionProof": {
              "type": "object", "required": ["index", "size", "leafHash", "root", "hashes"],
              "properties": {
                "index": {"$ref": "#/components/schemas/Index"},
                "size": {"$ref": "#/components/schemas/TreeSize"},
                "leafHash": {"$ref": "#/components/schemas/Hash"},
                "root": {"$ref": "#/components/schemas/Hash"},
                "hashes": {"$ref": "#/components/schemas/ProofHashes"}
              }
            },
            "ConsistencyProof": {
              "type": "object", "required": ["from", "to", "fromRoot", "toRoot", "hashes"],
              "properties": {
                "from": {"$ref": "#/components/schemas/TreeSize"},
                "to": {"$ref": "#/components/schemas/TreeSize"},
                "fromRoot": {"$ref": "#/components/schemas/Hash"},
                "toRoot": {"$ref": "#/components/schemas/Hash"},
                "hashes": {"$ref": "#/components/schemas/ProofHashes"}
              }
            }
            """##)
}
