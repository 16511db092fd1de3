import HTTPTypes
import ServiceFakes
import Testing

@testable import PublicAPI

/// What every resource keeps of RFC 9110, walked by the document: a new operation is in it.
@Suite struct HTTPMannersTests {
    let fixture = APIFixture()

    private func send(
        _ operation: DocumentedOperation, _ method: HTTPRequest.Method? = nil,
        headers: [String: String?] = [:]
    ) async throws -> Reply {
        var all: [String: String?] = ["X-Purpose": nil]
        all.merge(operation.headers) { $1 }
        if let body = operation.body { all["Content-Type"] = body.type }
        all.merge(headers) { $1 }
        return try await fixture.send(
            method ?? operation.method, operation.path, token: operation.role, headers: all,
            bytes: operation.body?.bytes)
    }

    /// Over daemons that hold nothing: what is found, schemathesis finds.
    @Test(arguments: try DocumentedOperation.all())
    func examplesAreAnsweredAsDescribed(operation: DocumentedOperation) async throws {
        let reply = try await send(operation)
        let answer = try #require(operation.answers[reply.status], "\(reply.status) \(reply.text)")
        let type = reply.header("Content-Type")?.split(separator: ";").first.map(String.init)
        #expect(answer.types.contains(try #require(type)))
        for name in answer.headers { #expect(reply.header(name) != nil, "\(name)") }
        #expect(reply.status != 400 && reply.status != 401, "\(reply.text)")
        if operation.role != nil { #expect(reply.header("Cache-Control") != nil) }
    }

    @Test(arguments: try DocumentedOperation.all())
    func whoTakesNothingThatThereIsIsTold(operation: DocumentedOperation) async throws {
        for accept in ["image/png", "text/*;q=0, application/*;q=0", "*/*;q=0"] {
            let reply = try await send(operation, headers: ["Accept": accept])
            #expect(reply.status == 406 && reply.code == "not-acceptable", "\(accept)")
            #expect(reply.header("Content-Type") == "application/problem+json")
        }
        #expect(fixture.ledger.appends.isEmpty)
        for (status, answer) in operation.answers where status < 300 {
            for type in answer.types {
                let reply = try await send(
                    operation, headers: ["Accept": "image/png, \(type);q=0.1"])
                #expect(reply.status != 406, "\(type)")
            }
        }
    }

    @Test(arguments: try DocumentedOperation.all())
    func methodsThatAreNotTakenAreAnsweredWithThoseThatAre(
        operation: DocumentedOperation
    ) async throws {
        let taken = Set(
            try DocumentedOperation.all().filter { $0.template == operation.template }
                .map(\.method.rawValue))
        let allowed = taken.contains("GET") ? taken.union(["HEAD"]) : taken
        let all: [HTTPRequest.Method] = [
            .get, .head, .post, .put, .delete, .patch, .options, .trace,
        ]
        for method in all where !allowed.contains(method.rawValue) {
            let reply = try await send(operation, method)
            #expect(reply.status == 405, "\(method)")
            let allow = (reply.header("Allow") ?? "").split(separator: ",")
            #expect(Set(allow.map { $0.filter { $0 != " " } }) == allowed, "\(method)")
        }
    }

    /// Of a vendor's answer the token is looked at first, of which the examples have none that counts.
    @Test(
        arguments: try DocumentedOperation.all().filter {
            $0.body != nil && $0.id != "receiveResults"
        })
    func bodiesOfAnotherTypeAreRefused(operation: DocumentedOperation) async throws {
        for type in [nil, "image/png", "application/json; charset=latin1"] {
            let reply = try await send(operation, headers: ["Content-Type": type])
            #expect(reply.status == 415 && reply.code == "unsupported-media-type", "\(reply.text)")
        }
    }

    @Test(arguments: try DocumentedOperation.all().filter { $0.method == .get })
    func headAnswersLikeGetWithoutTheBody(operation: DocumentedOperation) async throws {
        let get = try await send(operation)
        let head = try await send(operation, .head)
        #expect(head.status == get.status && head.body.isEmpty)
        for name in ["Content-Type", "Content-Length", "ETag", "Cache-Control"] {
            #expect(head.header(name) == get.header(name), "\(name)")
        }
    }

    /// Nothing that somebody else wrote is run by a browser that is led here.
    @Test(arguments: try DocumentedOperation.all())
    func answersAreDataToABrowser(operation: DocumentedOperation) async throws {
        for headers in [[:], ["Accept": "image/png"]] as [[String: String?]] {
            let reply = try await send(operation, headers: headers)
            #expect(reply.header("X-Content-Type-Options") == "nosniff")
            #expect(reply.header("Content-Security-Policy")?.contains("default-src 'none'") == true)
        }
    }
}

@Suite struct AcceptTests {
    private func best(_ header: String, _ offers: [String]) -> String? {
        let fields: HTTPFields = header.isEmpty ? [:] : [.accept: header]
        return Accept(fields).best(of: offers)
    }

    @Test(arguments: [
        ("", "application/json"), ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("text/csv", "text/csv"), ("TEXT/CSV", "text/csv"), ("text/csv;header=present", "text/csv"),
        ("text/csv;q=0.5, application/json;q=0.4", "text/csv"),
        ("text/*, application/json;q=0.9", "text/csv"),
        // The closest range counts, not the best.
        ("*/*, application/json;q=0.1", "text/csv"),
        ("text/csv;q=0, */*", "application/json"),
        ("application/json, text/csv", "application/json"),
        // What nobody can read is left out.
        ("nonsense", "application/json"), ("text/csv;q=2, application/json", "application/json"),
        ("/,,;q=1,*/json", "application/json"),
    ])
    func theBestOfWhatIsTakenIsGiven(header: String, type: String) {
        #expect(best(header, ["application/json", "text/csv"]) == type)
    }

    @Test(arguments: ["image/png", "*/*;q=0", "application/*;q=0, text/*;q=0.000", "text/html"])
    func nothingIsGivenToWhoTakesNothing(header: String) {
        #expect(best(header, ["application/json", "text/csv"]) == nil)
    }
}
