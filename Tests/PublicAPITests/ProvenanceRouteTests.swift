import Foundation
import HTTPTypes
import ServiceFakes
import Testing

@testable import PublicAPI

@Suite struct ProvenanceRouteTests {
    let fixture = APIFixture()
    static let path = "/api/v1/provenance"

    private func contact() async throws -> String {
        let body =
            String(APIFixture.contact.dropLast())
            + #","attributes":[{"attributeType":"phone","value":"+49 30 1","confidence":1,"sourceType":"VENDOR","sourceIdentity":"acme:eu"},"#
            + #"{"attributeType":"jobTitle","value":"CTO","confidence":1,"sourceType":"DATA_SUBJECT"}]}"#
        return try #require(try await fixture.create(body).json?["id"]?.text)
    }

    private func get(
        _ path: String, token: String = "dpo", purpose: String? = nil, accept: String? = nil
    ) async throws -> Reply {
        try await fixture.send(
            .get, Self.path + path, token: token,
            headers: ["X-Purpose": purpose, "Accept": accept])
    }

    @Test func aChainIsToldAsJSON() async throws {
        let id = try await contact()
        let reply = try await get("/\(id)")
        #expect(reply.status == 200, "\(reply.text)")
        #expect(reply.header("Content-Type") == "application/json")
        #expect(reply.header("Vary") == "Accept")
        let records = reply.json?["records"]?.list ?? []
        #expect(records.map { $0["sourceIdentity"]?.text } == ["acme:eu", nil])
        #expect(
            records.first?.names == [
                "id", "sourceType", "sourceIdentity", "attributes", "attributedDataHash", "label",
                "recordedAt", "recordedBy", "entry",
            ])
        #expect(records.last?["previous"]?["leafHash"] == records.first?["entry"]?["leafHash"])
        let opened = try await get("/\(id)", purpose: "sales")
        #expect(opened.json?["records"]?.list.first?["attributedDataSalt"]?.text?.count == 24)
        let first = try await get("/\(id)?limit=1")
        let next = try #require(first.json?["next"]?.text)
        #expect(
            first.header("Link") == "<\(Self.path)/\(id)?cursor=\(next)&limit=1>; rel=\"next\"")
        let second = try await get("/\(id)?limit=1&cursor=\(next)")
        #expect(second.json?["records"]?.list == Array(records.dropFirst()))
    }

    @Test func aChainIsToldAsPROV() async throws {
        let id = try await contact()
        let reply = try await get("/\(id)", accept: "application/prov+json")
        #expect(reply.status == 200)
        #expect(reply.header("Content-Type") == "application/prov+json")
        let json = try #require(reply.json)
        #expect(
            json.names == [
                "prefix", "entity", "activity", "agent", "wasGeneratedBy", "wasAttributedTo",
                "wasAssociatedWith", "wasInformedBy",
            ])
        #expect(json["entity"]?.names.count == 2 && json["activity"]?.names.count == 2)
        // A colon inside a local name is written in percent-encoding.
        #expect(json["agent"]?["chancery:source/acme%3Aeu"] != nil)
        #expect(json["agent"]?["chancery:contact/\(id)"] != nil)
        #expect(!reply.text.contains("+49"))
    }

    @Test(
        arguments: [
            (nil, false), ("*/*", false), ("application/prov+json", true),
            ("application/json, application/prov+json", false),
            ("application/json;q=0.5, application/prov+json", true),
            ("application/prov+json;q=0.1, */*;q=0.2", false), ("application/*", false),
            ("APPLICATION/PROV+JSON; q=1.0", true), ("application/prov+json;q=x", false),
            (String(repeating: "a/b,", count: 5_000) + "application/prov+json", true),
        ] as [(String?, Bool)])
    func theClientsWishDecides(accept: String?, isPROV: Bool) async throws {
        let reply = try await get("/\(contact())", accept: accept)
        #expect(reply.status == 200)
        let type = isPROV ? "application/prov+json" : "application/json"
        #expect(reply.header("Content-Type") == type)
    }

    @Test func aSourceIsListed() async throws {
        let id = try await contact()
        let reply = try await get("/source/acme:eu", token: "auditor")
        #expect(reply.status == 200, "\(reply.text)")
        #expect(reply.json?["records"]?.list.map { $0["contactId"]?.text } == [id])
        #expect(try await get("/source/other").json?["records"]?.list.isEmpty == true)
        let bad = try await get("/source/a%20b")
        #expect(bad.status == 422 && bad.code == "invalid-source")
    }

    @Test func theDocumentIsTheVerifiers() async throws {
        let id = try await contact()
        let reply = try await get("/verify/\(id)", token: "auditor")
        #expect(reply.status == 200, "\(reply.text)")
        #expect(
            reply.json?.names
                == ["attributedData", "checks", "entries", "format", "heads", "subject"])
        #expect(try await get("/verify/\(id)?x=1").status == 400)
    }

    @Test(arguments: [
        "crm-sync", "marketing", "verifier", "operator", "administrator", "data-subject",
    ])
    func othersMayNot(role: String) async throws {
        let id = try await contact()
        for path in ["/\(id)", "/verify/\(id)", "/source/acme:eu"] {
            #expect(try await get(path, token: role).status == 403, "\(path)")
        }
    }

    @Test(arguments: ["3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c", "nonsense"])
    func whoIsNotThereIs404(id: String) async throws {
        for path in ["/\(id)", "/verify/\(id)"] {
            let reply = try await get(path)
            #expect(reply.status == 404 && reply.code == "not-found", "\(path)")
        }
    }
}
