import ContactModel
import ContactServices
import HTTPTypes
import Hummingbird

/// The way into every data route: authenticate, authorize, state the purpose; and whatever is refused after
/// authentication is audited before it is told.
struct Gate: Sendable {
    let authenticator: Authenticator
    let auditor: Auditor
    /// Whether what operators do needs a token that is bound to a client certificate.
    let operatorsNeedCertificates: Bool
    let limits: RequestLimits

    enum PurposeRule {
        /// Routes that disclose or change personal data.
        case required
        /// Bulk lines may name their own.
        case optional
        /// Routes without personal data.
        case none
    }

    func pass(
        _ request: Request, _ context: GatewayContext, _ action: Action, purpose rule: PurposeRule,
        _ body: (Authorized) async throws -> Response
    ) async throws -> Response {
        let authenticated = try await authenticate(request, context)
        // Counted in the audit trail, like all beyond a quota: an entry for each would cost more than an answer.
        try limits.count(principal: authenticated.principal.subject, action, context.account)
        var purposes: [PurposeCode] = []
        var policies: [String] = []
        do {
            let permitted = try authenticated.authorized(
                for: action, certificates: operatorsNeedCertificates)
            if let error = context.requestIDError { throw ServiceError(error) }
            purposes = try Self.purposes(request, rule)
            let authorized = try permitted.purposed(
                purposes, on: Self.contact(action, context))
            policies = authorized.policies
            return try await body(authorized)
        } catch let error as ServiceError {
            throw await auditor.refusal(
                error, of: authenticated, action: action, purposes: purposes, policies: policies)
        }
    }

    /// Whoever sends one token after another that does not count is not listened to for a while.
    private func authenticate(
        _ request: Request, _ context: GatewayContext
    ) async throws(ServiceError) -> Authenticated {
        let token = Self.token(request)
        // Who shows a certificate that counts is known, and answers for nobody else on its address.
        let address =
            token.isEmpty || context.peer.certificate != nil ? nil : context.peer.address
        let isReserved = address != nil && !authenticator.remembers(token)
        if let address, isReserved {
            try limits.reserve(unknownTokenFrom: address, context.account)
        }
        do throws(ServiceError) {
            let authenticated = try await authenticator.authenticate(
                token: token, certificate: context.peer.certificate,
                address: context.peer.address, requestID: context.requestID,
                signature: Self.signature(request, context.peer.certificate))
            if let address, isReserved { limits.giveBack(to: address) }
            return authenticated
        } catch {
            let counts = error.code == .unauthenticated && !error.isOfVerifiedToken
            if let address, isReserved, !counts { limits.giveBack(to: address) }
            if let address, !isReserved, counts { limits.countFailure(of: address) }
            throw error
        }
    }

    /// For routes whose callers have a token of another kind, which `body` looks at: whoever sends one after another that does not count is
    /// not listened to for a while, and the audit trail tells how many did.
    func counting<Value>(
        _ context: GatewayContext, _ refusals: RefusalLog,
        _ body: () async throws(ServiceError) -> Value
    ) async throws(ServiceError) -> Value {
        // Who shows a certificate that counts is known, here as there.
        let address = context.peer.certificate == nil ? context.peer.address : nil
        if let address { try limits.reserve(unknownTokenFrom: address, context.account) }
        do throws(ServiceError) {
            let value = try await body()
            if let address { limits.giveBack(to: address) }
            return value
        } catch {
            if error.code == .unauthenticated { refusals.note("callback-token") }
            // Whatever is refused counts: trying who is known here, too, is trying.
            if let address, [.unavailable, .internal].contains(error.code.kind) {
                limits.giveBack(to: address)
            }
            throw error
        }
    }

    /// For routes without a caller.
    func passPublic(_ context: GatewayContext) throws(ServiceError) {
        if let error = context.requestIDError { throw ServiceError(error) }
    }

    /// Empty when there is none: the authenticator refuses it like any other that does not count.
    private static func token(_ request: Request) -> String {
        guard let header = request.headers[.authorization],
            header.utf8.count <= APILimits.tokenBytes
        else { return "" }
        let blank = UInt8(ascii: " ")
        guard let end = header.utf8.firstIndex(of: blank),
            header[..<end].lowercased() == "bearer"
        else { return "" }
        return String(Substring(header.utf8[end...].drop { $0 == blank }))
    }

    /// Of a request for one contact, as its path names it; what is no id names none.
    private static func contact(_ action: Action, _ context: GatewayContext) -> String {
        guard action.resourceType == "contact", let raw = context.parameters.get("id"),
            let id = try? EntityID(raw)
        else { return "" }
        return id.text
    }

    /// Nil when none came, or without the certificate that it would be made with.
    private static func signature(
        _ request: Request, _ certificate: ClientCertificate?
    ) -> RequestSignature? {
        guard let certificate, let input = request.headers[HeaderNames.signatureInput],
            let signature = request.headers[HeaderNames.signature]
        else { return nil }
        return RequestSignature(
            certificate: certificate.der, input: input, signature: signature)
    }

    private static func purposes(
        _ request: Request, _ rule: PurposeRule
    ) throws(ServiceError) -> [PurposeCode] {
        if rule == .none { return [] }
        guard let raw = request.headers[HeaderNames.purpose] else {
            if rule == .required { throw .missingPurpose }
            return []
        }
        do throws(ValidationError) {
            return [try PurposeCode(raw)]
        } catch {
            throw ServiceError(error)
        }
    }
}
