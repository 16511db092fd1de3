import ContactServices
import Foundation

/// The API's description in OpenAPI 3.1 (<https://spec.openapis.org/oas/v3.1.1>), put together once.
enum OpenAPIDocument {
    static let bytes = Array(text.utf8)

    /// Of its bytes, as others count theirs.
    static let version = version(of: bytes)

    private static let parts = [
        ContactPart.part, ContactChangePart.part, HistoryPart.part, SharingPart.part,
        ProvenancePart.part, DSRPart.part, EnrichmentPart.part, MutationPart.part,
        AuditPart.part, LedgerPart.part, ProofPart.part,
        TilePart.part, KeyPart.part, PolicyPart.part, HealthPart.part, SharedSchemas.part,
        ErasurePart.part, HoldPart.part,
    ]

    private static let text = """
        {"openapi":"3.1.1",\(OpenAPIInfo.members),\
        "paths":{\(joined(\.paths))},\
        "components":{\
        "schemas":{\(joined(\.schemas)),\(ProblemPart.schemas)},\
        "responses":{\(ProblemPart.responses)},\
        "parameters":{\(OpenAPIParameters.members)},\
        "headers":{\(OpenAPIHeaders.members)},\
        "securitySchemes":{\(OpenAPIInfo.securitySchemes)}}}
        """

    private static func joined(_ member: (OpenAPIPart) -> String) -> String {
        parts.map(member).filter { !$0.isEmpty }.joined(separator: ",")
    }

    private static func version(of bytes: [UInt8]) -> UInt64 {
        RequestDigest.of(method: "GET", path: OpenAPIRoutes.path, bytes: Data(bytes))
            .prefix(6).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
