import Foundation
import Testing

extension ProcessTests {
    /// Changes to a sealed ledger that somebody with the disk could make: each is found, and the place is named.
    @Suite(.serialized, .runningStack)
    struct Tamper {
        let stack: Stack

        init() throws { stack = try #require(Stack.current) }

        @Test func everyChangeToSealedFilesIsFoundAndNamed() async throws {
            for segment in 1...2 {
                for number in 0..<20 {
                    let reply = try await stack.api.create(
                        email: "tamper-\(segment)-\(number)@example.com")
                    try #require(reply.status == 201, "\(reply.text)")
                }
                let sealed = try stack.home.chancery("seal")
                try #require(sealed.status == 0, "\(sealed.said)")
            }
            #expect(try stack.home.chancery("down").status == 0)
            try stack.requireVerified("before anybody touched it")
            for change in Tampering.all {
                let copy = try TamperedCopy(of: stack.home)
                defer { copy.remove() }
                try change.apply(copy)
                let result = try copy.verify("--json")
                #expect(result.status == 1, "\(change.name) was not found: \(result.said)")
                let failure = JSON(result.output.utf8)?["failure"]
                #expect(
                    failure?["segment"]?.number.map(change.segments.contains) == true,
                    "\(change.name): \(result.output)")
                if let index = change.index {
                    #expect(failure?["index"]?.number == index, "\(change.name): \(result.output)")
                }
                #expect(failure?["reason"]?.string?.isEmpty == false, "\(change.name)")
                let python = try Program.run(
                    Repository.python,
                    [Repository.pythonVerifier, copy.ledger, "--trust", copy.trust])
                #expect(python.status == 1, "\(change.name): \(python.said)")
                let told = JSON(python.output.utf8)
                #expect(told?["ok"]?.bool == false, "\(change.name): \(python.said)")
                #expect(
                    told?["segment"]?.number.map(change.segments.contains) == true,
                    "\(change.name): \(python.output)")
                if let index = change.index {
                    #expect(told?["index"]?.number == index, "\(change.name): \(python.output)")
                }
                #expect(told?["reason"]?.string?.isEmpty == false, "\(change.name)")
            }
        }
    }
}
