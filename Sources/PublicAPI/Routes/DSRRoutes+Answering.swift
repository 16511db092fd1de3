import ContactModel
import ContactServices
import HTTPTypes
import Hummingbird

extension DSRRoutes {
    static let portableTypes = [
        PortableJSON.mediaType, PortableCSV.mediaType, PortableVCard.mediaType,
        PortableCard.mediaType,
    ]

    /// Portability: what the client takes of JSON, CSV, vCard and JSContact. All else comes as JSON.
    func answer(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .answerRequest, purpose: .none) { authorized in
            let id = try authorized.validated { () throws(ServiceError) in
                try Self.id(request, context)
            }
            switch try await requests.answer(id) {
            case .access(let answer): return Reply.json(AccessResponse.json(answer))
            case .portability(let contact):
                return Self.portable(contact, Accept(request.headers))
            }
        }
    }

    private static func portable(_ contact: PortableContact, _ accept: Accept) -> Response {
        let type = accept.best(of: portableTypes) ?? PortableJSON.mediaType
        var headers: HTTPFields = [.vary: "Accept"]
        headers[.contentDisposition] = "attachment"
        switch type {
        case PortableCSV.mediaType:
            return Reply.bytes(
                PortableCSV.text(contact).utf8, type: type + "; charset=utf-8; header=present",
                headers: headers)
        case PortableVCard.mediaType:
            return Reply.bytes(
                PortableVCard.text(contact).utf8, type: type + "; charset=utf-8", headers: headers)
        case PortableCard.mediaType:
            return Reply.bytes(PortableCard.json(contact).bytes, type: type, headers: headers)
        default: return Reply.json(PortableJSON.json(contact), headers: headers)
        }
    }

    func evidence(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .answerRequest, purpose: .none) { authorized in
            let id = try authorized.validated { () throws(ServiceError) in
                try Self.id(request, context)
            }
            return Reply.json(
                EvidenceResponse.json(try await requests.evidence(id)),
                headers: [.contentDisposition: "attachment"])
        }
    }
}
