import ContactServices
import Foundation
import HTTPTypes
import Hummingbird
import ServiceFakes
import Testing

@testable import PublicAPI

/// The document says what the routes do. What a validator knows of documents, and whether examples keep their schemas, `Tests/OpenAPI`
/// checks.
@Suite struct OpenAPITests {
    let fixture = APIFixture()

    private struct Route: Hashable {
        let method: String
        let path: String

        init(_ method: HTTPRequest.Method, _ path: String) {
            self.method = method.rawValue
            // Tiles come by one route, of which the document tells hashes and bundles apart.
            if let tiles = path.range(of: "/tile/") {
                self.path = path[..<tiles.upperBound] + "**"
            } else {
                self.path = path
            }
        }
    }

    @Test func eachRouteHasAnOperationAndEachOperationARoute() throws {
        let routes = fixture.api().router().routes.map { Route($0.method, "\($0.path)") }
        #expect(routes.count >= 21)
        let operations = try DocumentedOperation.all()
        #expect(Set(routes) == Set(operations.map { Route($0.method, $0.template) }))
        #expect(Set(operations.map(\.id)).count == operations.count)
    }

    @Test func eachReferenceLeadsSomewhere() throws {
        let document = try OpenAPIReader()
        var references: Set<String> = []
        func walk(_ value: Any) {
            if let list = value as? [Any] { list.forEach(walk) }
            guard let object = value as? [String: Any] else { return }
            if let reference = object["$ref"] as? String { references.insert(reference) }
            object.values.forEach(walk)
        }
        walk(document.root)
        #expect(references.count > 50)
        for reference in references {
            #expect(document.target(reference) != nil, "\(reference)")
        }
    }

    @Test(arguments: ServiceError.Code.allCases)
    func eachProblemStandsUnderItsStatus(code: ServiceError.Code) throws {
        let components = try #require(
            try OpenAPIReader().root["components"] as? [String: [String: Any]])
        let name = "Problem\(code.status.code)"
        let schema = try #require(components["schemas"]?[name] as? [String: Any])
        let properties = try #require(schema["properties"] as? [String: [String: Any]])
        #expect(
            properties["code"]?["enum"].flatMap { $0 as? [String] }?.contains(code.rawValue) == true
        )
        let response = try #require(components["responses"]?[name] as? [String: Any])
        #expect(response["description"] as? String == code.status.reasonPhrase)
    }

    /// Roles come from the permit table; which of its rows an operation is under is written by hand.
    @Test func eachActionIsSomeOperations() throws {
        let operations = try OpenAPIReader().operations.map(\.2)
        let actions = operations.compactMap { $0["x-action"] as? String }
        #expect(Set(actions) == Set(Action.allCases.map(\.rawValue)))
        for operation in operations {
            let ways = operation["security"] as? [[String: Any]]
            // Nobody is asked, or a vendor for what it was handed.
            let hasNoCaller = ways?.allSatisfy { $0["bearer"] == nil } == true
            #expect(hasNoCaller == (operation["x-action"] == nil), "\(operation)")
        }
    }

    @Test func itIsServedToEverybodyOncePerChange() async throws {
        let reply = try await fixture.send(.get, "/openapi.json", token: nil)
        #expect(reply.status == 200 && reply.body == OpenAPIDocument.bytes)
        #expect(reply.header("Content-Type") == "application/json")
        let tag = try #require(reply.header("ETag"))
        #expect(tag.hasPrefix("\""))
        for known in [tag, "W/" + tag, "\"1\", " + tag, "*"] {
            let again = try await fixture.send(
                .get, "/openapi.json", token: nil, headers: ["If-None-Match": known])
            #expect(again.status == 304 && again.body.isEmpty, "\(known)")
            #expect(again.header("ETag") == tag)
        }
        let other = try await fixture.send(
            .get, "/openapi.json", token: nil, headers: ["If-None-Match": "\"1\""])
        #expect(other.status == 200)
        #expect(fixture.ledger.appends.isEmpty)
    }

    @Test func headTellsTheLengthAlone() async throws {
        let reply = try await fixture.send(.head, "/openapi.json", token: nil)
        #expect(reply.status == 200 && reply.body.isEmpty)
        #expect(reply.header("Content-Length") == String(OpenAPIDocument.bytes.count))
    }
}
