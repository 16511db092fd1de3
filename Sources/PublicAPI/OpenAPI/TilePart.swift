/// `/ledger`: C2SP tlog-tiles, of the current generation and of each.
enum TilePart {
    static let part = OpenAPIPart(
        paths: [
            paths("", of: "Current", parameter: ""),
            paths("/{generation}", of: "Generation", parameter: generation),
        ].joined(separator: ","), schemas: "")

    private static let generation = ##"""
        {"name": "generation", "in": "path", "required": true, "schema": {"type": "string", "pattern": "^g[1-9][0-9]{0,15}$"}, "example": "g1"}
        """##

    private static let tile = ##"""
        {"name": "tile", "in": "path", "required": true,
         "description": "C2SP tlog-tiles: number and, of a partial tile, width. Its slashes are sent as they are (OpenAPI knows no parameter of several segments).",
         "schema": {"type": "string", "pattern": "^(x[0-9]{3}/){0,5}[0-9]{3}(\\.p/[1-9][0-9]{0,2})?$"}, "example": "000"}
        """##

    private static func paths(_ prefix: String, of tree: String, parameter: String) -> String {
        let before = parameter.isEmpty ? "" : parameter + ","
        return ##"""
            "/ledger\##(prefix)/checkpoint": {
              \##(OpenAPIParameters.ofEveryPath),
              "get": {
                "operationId": "getCheckpointOf\##(tree)", "tags": ["ledger"], "summary": "The newest published checkpoint",
                "security": [], "parameters": [\##(parameter)],
                "responses": {
                  "200": {
                    "description": "A C2SP tlog-checkpoint: signed by the log key, and by one that never leaves the TPM.",
                    "headers": {\##(OpenAPIHeaders.of("Cache-Control"))},
                    "content": {"text/plain": {"schema": {"type": "string", "pattern": "^[^\n]+\n[0-9]+\n[A-Za-z0-9+/]{43}=\n"}}}
                  },
                  \##(ProblemPart.ofPublic(404))
                }
              }
            },
            "/ledger\##(prefix)/tile/{level}/{tile}": {
              \##(OpenAPIParameters.ofEveryPath),
              "get": {
                "operationId": "getTileOf\##(tree)", "tags": ["ledger"], "summary": "A tile of hashes", "security": [],
                "parameters": [
                  \##(before)
                  {"name": "level", "in": "path", "required": true, "schema": {"type": "integer", "minimum": 0, "maximum": 6}, "example": 0},
                  \##(tile)
                ],
                "responses": {
                  "200": {
                    "description": "1 to 256 hashes of 32 bytes.",
                    "headers": {\##(OpenAPIHeaders.of("Cache-Control"))},
                    "content": {"application/octet-stream": {}}
                  },
                  \##(ProblemPart.ofPublic(404))
                }
              }
            },
            "/ledger\##(prefix)/tile/entries/{tile}": {
              \##(OpenAPIParameters.ofEveryPath),
              "get": {
                "operationId": "getBundleOf\##(tree)", "tags": ["ledger"], "summary": "A bundle of headers",
                \##(OpenAPIAccess.of(.readBundle)),
                "parameters": [\##(before)\##(tile)],
                "responses": {
                  "200": {
                    "description": "1 to 256 headers, each with its length in two bytes before it.",
                    "headers": {\##(OpenAPIHeaders.of("Cache-Control"))},
                    "content": {"application/octet-stream": {}}
                  },
                  \##(ProblemPart.ofData(404))
                }
              }
            }
            """##
    }
}
