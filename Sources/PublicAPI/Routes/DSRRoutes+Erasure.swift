import ContactModel
import ContactServices
import HTTPTypes
import Hummingbird

/// What comes of an erasure. `{id}` is that of a request, or the `erasureId` that a `DELETE` of a contact answered: it outlives both.
extension DSRRoutes {
    func registerErasure(on routes: Routes) {
        routes.get(Self.path + "/{id}/notices") { try await notices($0, $1) }
        routes.post(Self.path + "/{id}/notices/{recipient}") { try await notify($0, $1) }
        routes.get(Self.path + "/{id}/certificate") { try await certificate($0, $1) }
    }

    private func notices(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .answerRequest, purpose: .none) { authorized in
            let id = try authorized.validated { () throws(ServiceError) in
                try Self.id(request, context)
            }
            return Reply.json(DSRResponse.json(try await requests.notices(id)))
        }
    }

    private func notify(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .workRequest, purpose: .none) { authorized in
            try await bodies.json(request) { body in
                let command = try authorized.validated { () throws(ServiceError) in
                    let id = try Self.id(request, context)
                    guard let recipient = context.parameters.get("recipient") else {
                        throw ServiceError(.notFound, "Nobody by this name is to be told of it.")
                    }
                    var reader = try ObjectReader(JSONReader.read(body))
                    let raw = try reader.string("channel")
                    let notifiedAt = try TimeField.past("notifiedAt", in: &reader)
                    try reader.finish()
                    let channel = try reader.checked("channel") { () throws(ValidationError) in
                        try NoticeChannel(raw)
                    }
                    return NoteDeliveryCommand(
                        id: id, recipient: recipient, channel: channel,
                        notifiedAt: notifiedAt ?? .now())
                }
                return Reply.json(DSRResponse.json(try await requests.noteDelivery(command)))
            }
        }
    }

    private func certificate(
        _ request: Request, _ context: GatewayContext
    ) async throws -> Response {
        try await gate.pass(request, context, .answerRequest, purpose: .none) { authorized in
            let id = try authorized.validated { () throws(ServiceError) in
                try Self.id(request, context)
            }
            return Reply.bytes(
                try await requests.certificate(id), type: "application/json",
                headers: [.contentDisposition: "attachment"])
        }
    }
}
