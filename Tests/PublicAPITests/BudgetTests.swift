import ContactServices
import Hummingbird
import Testing

@testable import PublicAPI

@Suite struct BudgetTests {
    @Test func whatIsTakenIsGivenBackWhenItsHolderLetsGo() {
        let budget = Budget(10)
        var first = budget.share(of: 6)
        #expect(first != nil && budget.share(of: 5) == nil)
        #expect(first?.grow(by: 4) == true && first?.grow(by: 1) == false)
        first = nil
        #expect(budget.share(of: 10) != nil)
        #expect(budget.share(of: 11) == nil)
    }

    private func request(_ chunks: [Int], announced: Int? = nil) -> Request {
        var fields: HTTPFields = [.contentType: "application/json"]
        if let announced { fields[.contentLength] = String(announced) }
        let body = AsyncStream<ByteBuffer> { continuation in
            for count in chunks { continuation.yield(ByteBuffer(repeating: 0x20, count: count)) }
            continuation.finish()
        }
        return Request(
            head: HTTPRequest(
                method: .post, scheme: nil, authority: nil, path: "/", headerFields: fields),
            body: RequestBody(asyncSequence: body))
    }

    private func refusal(
        _ reader: RequestBodyReader, _ request: Request,
        _ use: (Int) async throws -> Void = { _ in }
    ) async -> ServiceError.Code? {
        do {
            try await reader.json(request) { try await use($0.count) }
            return nil
        } catch {
            return (error as? ServiceError)?.code
        }
    }

    @Test func bodiesOfAllRequestsTogetherAreBounded() async {
        let reader = RequestBodyReader(budget: Budget(100))
        let outer = await refusal(reader, request([40, 20])) { count in
            #expect(count == 60)
            #expect(await refusal(reader, request([20, 21])) == .overloaded)
            #expect(await refusal(reader, request([41], announced: 41)) == .overloaded)
            #expect(await refusal(reader, request([20, 20], announced: 40)) == nil)
        }
        #expect(outer == nil)
        #expect(await refusal(reader, request([50, 50])) == nil)
    }

    /// Many who announce the largest body and send next to nothing.
    @Test func whatIsOnlyAnnouncedKeepsNobodyOut() async {
        let reader = RequestBodyReader(budget: Budget(100))
        let outer = await refusal(reader, request([1], announced: 1 << 20)) { _ in
            #expect(await refusal(reader, request([99], announced: 99)) == nil)
        }
        #expect(outer == nil)
    }

    @Test func aBodyThatDripsInIsGivenUp() async {
        let reader = RequestBodyReader(deadline: .zero)
        #expect(await refusal(reader, request([1, 1])) == .truncatedBody)
    }

    @Test func aLyingContentLengthDoesNotLiftTheBound() async {
        let reader = RequestBodyReader(budget: Budget(4 << 20))
        #expect(await refusal(reader, request([], announced: -1)) == nil)
        #expect(await refusal(reader, request([1 << 20, 1], announced: 1)) == .tooLarge)
        #expect(await refusal(reader, request([], announced: .max)) == .tooLarge)
    }
}
