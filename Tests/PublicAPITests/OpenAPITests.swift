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

    private struct Operation: Hashable {
        let method: String
        let path: String
    }

    private func document() throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(OpenAPIDocument.bytes))
        return try #require(value as? [String: Any])
    }

    private func operations() throws -> [(key: Operation, value: [String: Any])] {
        let paths = try #require(try document()["paths"] as? [String: [String: Any]])
        return paths.flatMap { path, item in
            item.compactMap { method, operation in
                (operation as? [String: Any]).map {
                    (Operation(method: method.uppercased(), path: path), $0)
                }
            }
        }
    }

    /// Tiles come by one route, of which the document tells hashes and bundles apart.
    private func route(of operation: Operation) -> Operation {
        guard let tiles = operation.path.range(of: "/tile/") else { return operation }
        return Operation(
            method: operation.method, path: operation.path[..<tiles.upperBound] + "**")
    }

    @Test func eachRouteHasAnOperationAndEachOperationARoute() throws {
        let routes = fixture.api().router().routes.map {
            Operation(method: $0.method.rawValue, path: "\($0.path)")
        }
        #expect(routes.count >= 21)
        #expect(Set(routes) == Set(try operations().map { route(of: $0.key) }))
    }

    @Test func operationsAreToldApartByTheirIDs() throws {
        let ids = try operations().map { $0.value["operationId"] as? String }
        #expect(!ids.contains(nil))
        #expect(Set(ids).count == ids.count)
    }

    @Test func eachReferenceLeadsSomewhere() throws {
        let document = try document()
        var references: Set<String> = []
        func walk(_ value: Any) {
            if let list = value as? [Any] { list.forEach(walk) }
            guard let object = value as? [String: Any] else { return }
            if let reference = object["$ref"] as? String { references.insert(reference) }
            object.values.forEach(walk)
        }
        walk(document)
        #expect(references.count > 50)
        for reference in references {
            let steps = reference.split(separator: "/").map(String.init)
            var found: Any? = steps.first == "#" ? document : nil
            for step in steps.dropFirst() { found = (found as? [String: Any])?[step] }
            #expect(found != nil, "\(reference)")
        }
    }

    @Test(arguments: ServiceError.Code.allCases)
    func eachProblemStandsUnderItsStatus(code: ServiceError.Code) throws {
        let components = try #require(try document()["components"] as? [String: [String: Any]])
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
        let operations = try operations()
        let actions = operations.compactMap { $0.value["x-action"] as? String }
        #expect(Set(actions) == Set(Action.allCases.map(\.rawValue)))
        for (operation, value) in operations {
            let isPublic = (value["security"] as? [Any])?.isEmpty == true
            #expect(isPublic == (value["x-action"] == nil), "\(operation)")
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
