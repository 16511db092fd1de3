public import SwiftProtobuf

/// A fault is a value that can be thrown: `throws(WireFault)`.
extension WireFault: Error {}

extension WireFault {
    /// - Parameters:
    ///   - message: for a person; names the thing and the next step, never a secret or personal data.
    ///   - retryAfterMilliseconds: with `.unavailable` and `.overloaded`.
    public init(_ code: Code, _ message: String, retryAfterMilliseconds: UInt32 = 0) {
        self.init()
        self.code = code
        self.message = message
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }
}

/// A response that can say no, so that the transport can answer what never reached the handler.
public protocol FaultCarryingResponse: SwiftProtobuf.Message {
    init(fault: WireFault)
    /// The refusal in it, if it is one.
    var refusal: WireFault? { get }
}

extension WireLedgerResponse: FaultCarryingResponse {
    public init(fault: WireFault) {
        self.init()
        self.fault = fault
    }

    public var refusal: WireFault? {
        guard case .fault(let fault)? = result else { return nil }
        return fault
    }
}

extension WireKeeperResponse: FaultCarryingResponse {
    public init(fault: WireFault) {
        self.init()
        self.fault = fault
    }

    public var refusal: WireFault? {
        guard case .fault(let fault)? = result else { return nil }
        return fault
    }
}
