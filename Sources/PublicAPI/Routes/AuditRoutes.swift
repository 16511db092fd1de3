import ContactModel
import ContactServices
import HTTPTypes
import Hummingbird

/// `/api/v1/audit`: who did what, and who was refused.
struct AuditRoutes: Sendable {
    static let path = "/api/v1/audit"

    let gate: Gate
    let audit: AuditQueryService

    func register(on routes: Routes) {
        routes.get(Self.path) { try await list($0, $1) }
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .readAudit, purpose: .none) { authorized in
            let query = try authorized.validated { () throws(ServiceError) in
                try Self.query(request)
            }
            return Reply.json(AuditResponse.json(try await audit.page(query)))
        }
    }

    private static func query(_ request: Request) throws(ServiceError) -> AuditQuery {
        let reader = try QueryReader(
            request,
            [
                "principal", "action", "category", "outcome", "contact", "from", "until", "cursor",
                "limit",
            ])
        var query = AuditQuery()
        query.principal = reader.optionalText("principal")
        query.action = try action(reader)
        query.category = try choice("category", reader)
        query.outcome = try choice("outcome", reader)
        query.contact = try contact(reader)
        query.from = try TimeParameter.optional("from", reader)
        query.until = try TimeParameter.optional("until", reader)
        query.cursor = try Cursor.place(reader)
        query.limit = try Cursor.limit(reader, in: AuditQuery.limits, or: 50)
        return query
    }

    private static func choice<Value: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ reader: QueryReader
    ) throws(ServiceError) -> Value? {
        guard let text = reader.optionalText(name) else { return nil }
        guard let value = Value(rawValue: text) else {
            let all = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw ServiceError(.invalidParameter, "\(name) is one of \(all).")
        }
        return value
    }

    private static func action(_ reader: QueryReader) throws(ServiceError) -> String? {
        guard let text = reader.optionalText("action") else { return nil }
        let isAction = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "-"): true
            default: false
            }
        }
        guard isAction, (1...64).contains(text.utf8.count) else {
            throw ServiceError(
                .invalidParameter, "action is that of an event, such as contact.read.")
        }
        return text
    }

    private static func contact(_ reader: QueryReader) throws(ServiceError) -> EntityID? {
        guard let text = reader.optionalText("contact") else { return nil }
        guard let id = try? EntityID(text) else {
            throw ServiceError(.invalidParameter, "contact is a contact's id, a UUID.")
        }
        return id
    }
}
