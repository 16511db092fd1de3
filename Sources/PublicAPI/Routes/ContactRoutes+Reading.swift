import ContactModel
import ContactServices
import HTTPTypes
import Hummingbird

extension ContactRoutes {
    func get(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await read(request, context, ContactResponse.json)
    }

    func attributes(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await read(request, context, ContactResponse.attributes)
    }

    /// A read is on record also where the client learns no more than that nothing has changed.
    private func read(
        _ request: Request, _ context: GatewayContext, _ json: (ContactView) -> JSONValue
    ) async throws -> Response {
        try await gate.pass(request, context, .readContact, purpose: .required) { authorized in
            let query = try authorized.validated { () throws(ServiceError) in
                let reader = try QueryReader(request, MomentField.names)
                return ContactQuery(id: try Self.id(context), moment: try MomentField.read(reader))
            }
            let contact = try await contacts.get(query)
            let headers: HTTPFields = [.eTag: Conditions.tag(contact.version)]
            guard !Conditions.isKnown(contact.version, to: request) else {
                return Response(status: .notModified, headers: headers)
            }
            return Reply.json(json(contact), headers: headers)
        }
    }

    func history(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .readHistory, purpose: .required) { authorized in
            let query = try authorized.validated { () throws(ServiceError) in
                let reader = try QueryReader(
                    request, MomentField.names.union(["cursor", "limit"]))
                return HistoryQuery(
                    id: try Self.id(context), moment: try MomentField.read(reader),
                    cursor: try Cursor.place(reader),
                    limit: try Cursor.limit(reader, in: HistoryQuery.limits, or: 100))
            }
            return Reply.json(HistoryResponse.json(try await contacts.history(query)))
        }
    }

    /// By exact address, or by words of the name and whatever else is asked for.
    func find(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .findContact, purpose: .required) { authorized in
            let query = try authorized.validated { () throws(ServiceError) in
                try ContactSearchQuery.read(request)
            }
            switch query.command {
            case .email(let email):
                let found = try await contacts.find(query.mapped(to: email))
                return Reply.json(ContactResponse.found(found, next: nil))
            case .search(let search):
                let page = try await self.search.page(query.mapped(to: search))
                return Reply.json(ContactResponse.found(page.contacts, next: page.next))
            }
        }
    }
}
