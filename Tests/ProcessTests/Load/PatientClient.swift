import Foundation

/// Behaves as a good client does: every mutation has an idempotency key, and what got no answer, or a 503, is sent again
/// until it is acknowledged. Any other answer is the wrong one and ends the test: a 500 is a fault of ours, not "not now".
struct PatientClient: Sendable {
    let api: API
    let troubles: Troubles

    /// A load ends long before; this ends a test whose server never comes back.
    private static let attempts = 1_200
    private static let pause = Duration.milliseconds(50)

    /// One contact to be created, and an attribute to be added to it by reference.
    struct Order: Sendable {
        let key: String
        let email: String
        let attribute: String?

        init(attribute: Bool) {
            let tag = UUID().uuidString.lowercased()
            key = "load-" + tag
            email = "load-\(tag)@example.com"
            self.attribute = attribute ? "job " + tag : nil
        }
    }

    /// POST /contacts.
    func create(_ order: Order) async throws -> Acknowledged {
        for _ in 0..<Self.attempts {
            if let reply = try? await api.create(email: order.email, key: order.key) {
                if reply.status == 201, let answer = reply.json {
                    return try Self.acknowledged(answer, order.key, order.email, attribute: nil)
                }
                try note(status: reply.status, answer: reply.json, order.key)
            } else {
                troubles.add("no answer")
            }
            try await Task.sleep(for: Self.pause)
        }
        throw TestFailure("\(order.key) was never taken: \(troubles.text)")
    }

    /// POST /mutations: creates, each followed by its attribute. Sent again as a whole until every line is acknowledged; a line
    /// acknowledged before must be answered with the same receipt.
    func bulk(_ orders: [Order]) async throws -> [Acknowledged] {
        let lines = orders.enumerated().flatMap { Self.lines($1, ref: "r\($0)") }
        var done: [Int: Acknowledged] = [:]
        for _ in 0..<Self.attempts {
            let answers = await api.stream(lines.map(\.text))
            if !answers.isWhole { troubles.add("broken stream") }
            if let status = answers.refusal { try note(status: status, answer: nil, "bulk") }
            for answer in answers.lines {
                guard let number = answer["line"]?.number, lines.indices.contains(number - 1) else {
                    throw TestFailure("an answer to no line: \(answer)")
                }
                let line = lines[number - 1]
                let status = answer["status"]?.number ?? 0
                guard status == 201 else {
                    // It waits for its create, which gets its own answer.
                    if status == 424 { continue }
                    try note(status: status, answer: answer["problem"], line.key)
                    continue
                }
                let new = try Self.acknowledged(
                    answer, line.key, line.email, attribute: line.attribute)
                if let old = done[number], old != new {
                    throw TestFailure("\(line.key) was acknowledged as \(old), then as \(new)")
                }
                done[number] = new
            }
            if done.count == lines.count { return lines.indices.compactMap { done[$0 + 1] } }
            try await Task.sleep(for: Self.pause)
        }
        throw TestFailure("\(lines.count - done.count) lines were never taken: \(troubles.text)")
    }

    /// DELETE /contacts/{id}, until it is ordered. 404: an earlier try was, and its answer was lost.
    func erase(_ written: Acknowledged, token: String) async throws -> Acknowledged {
        for _ in 0..<Self.attempts {
            let reply = try? await api.send(
                .DELETE, "/api/v1/contacts/\(written.contact)", token: token)
            if let reply, [200, 202, 404].contains(reply.status) {
                var erased = written
                erased.isErased = true
                return erased
            }
            if let reply {
                try note(status: reply.status, answer: reply.json, written.key)
            } else {
                troubles.add("no answer")
            }
            try await Task.sleep(for: Self.pause)
        }
        throw TestFailure("the erasure of \(written.key) was never taken: \(troubles.text)")
    }

    private struct Line {
        let key: String
        let email: String
        let attribute: String?
        let text: String
    }

    private static func lines(_ order: Order, ref: String) -> [Line] {
        var lines = [
            Line(
                key: order.key, email: order.email, attribute: nil,
                text:
                    #"{"op":"createContact","idempotencyKey":"\#(order.key)","ref":"\#(ref)","body":"#
                    + API.contact(email: order.email) + "}")
        ]
        if let attribute = order.attribute {
            let key = order.key + "-a"
            lines.append(
                Line(
                    key: key, email: order.email, attribute: attribute,
                    text:
                        #"{"op":"addAttributes","idempotencyKey":"\#(key)","ref":"\#(ref)","body":"#
                        + #"{"attributes":[{"attributeType":"jobTitle","value":"\#(attribute)","#
                        + #""confidence":0.9,"sourceType":"VENDOR","sourceIdentity":"acme-enrich"}]}}"#
                ))
        }
        return lines
    }

    private static func acknowledged(
        _ answer: JSON, _ key: String, _ email: String, attribute: String?
    ) throws -> Acknowledged {
        guard let id = answer["id"]?.string, let index = answer["receipt"]?["index"]?.number,
            let leafHash = answer["receipt"]?["leafHash"]?.string
        else { throw TestFailure("\(key) was acknowledged without a receipt: \(answer)") }
        return Acknowledged(
            key: key, contact: id, email: email, attribute: attribute, index: index,
            leafHash: leafHash)
    }

    private func note(status: Int, answer: JSON?, _ key: String) throws {
        guard status == 503 else { throw TestFailure("\(key): \(status) \(answer ?? .null)") }
        troubles.add("503 " + (answer?["code"]?.string ?? "?"))
    }
}
