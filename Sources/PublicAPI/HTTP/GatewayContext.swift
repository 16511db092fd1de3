public import ContactModel
public import Hummingbird

/// What travels with one request.
public struct GatewayContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The client's `X-Request-ID`, or one of ours when it sent none or a bad one.
    public var requestID = ContactModel.RequestID.random()
    /// The client's `X-Request-ID` was not one; every route but a probe refuses the request.
    var requestIDError: ValidationError?

    let peer: ClientPeer
    /// What the request takes from the quotas of its address and its principal.
    let account = RateAccount()

    public init(source: Source) {
        peer = ClientPeer.current()
        coreContext = CoreRequestContextStorage(source: source)
    }
}
