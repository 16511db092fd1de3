public import NIOCore

/// Every bound of the frame protocol, together, each with its reason. `check()` holds them against each other.
public struct FrameLimits: Sendable {
    /// Bytes after the length prefix. 16 MiB: a bulk append of some thousand mutations fits, and a hostile
    /// length cannot make a peer reserve more than this.
    public var maxFrameBytes = 16 * 1_024 * 1_024

    /// Calls or replies in one frame. An empty message costs 2 bytes on the wire and some 60 in memory, so the
    /// byte limit alone would let one frame grow thirtyfold when decoded.
    public var maxMessagesPerFrame = 4_096

    /// Server: elements of repeated fields in one request, at all depths, counted before it is parsed. The largest
    /// honest one is a commit group of 65,536 leaf hashes.
    public var maxElementsPerRequest = 131_072

    /// Server: so many elements may be as small as they like; from there on they must have
    /// `minBytesPerElement` on average. A frame's worth of empty items would otherwise grow thirtyfold.
    public var freeElementsPerRequest = 4_096

    /// The smallest honest element, a leaf hash, has 34.
    public var minBytesPerElement = 16

    /// Server: requests of one connection being handled. Above it the server stops reading, so that the peer
    /// feels it. Twice the 512 callers at which group commit stops gaining.
    public var maxInFlightPerConnection = 1_024

    /// Server: bytes of requests read from one connection and not yet answered. Four full frames; without it a
    /// thousand large requests could pile up.
    public var maxInFlightBytesPerConnection = 64 * 1_024 * 1_024

    /// Server: requests above it are not answered on the event loop. Parsing so much takes a tenth of a millisecond.
    public var maxBytesOnEventLoop = 16 * 1_024

    /// Server: bytes of replies that a connection's peer has not taken yet. At this mark nothing more is read or
    /// started; requests already running may bring it to `maxReplyBytesPerConnection`.
    public var pauseReplyBytesPerConnection = 32 * 1_024 * 1_024

    /// Server: above it the connection ends. A peer that sends requests and leaves so many answers lying is hung or
    /// hostile.
    public var maxReplyBytesPerConnection = 128 * 1_024 * 1_024

    /// Server: connections at one time. Each socket has one legitimate caller with one connection; the rest is
    /// room for a predecessor's connections still closing and for operators' probes.
    public var maxConnections = 32

    /// Client: calls waiting or in flight. Above it calls fail at once with `.overloaded`: a queue that is longer than
    /// the server works off in a tenth of a second only adds latency.
    public var maxQueuedCalls = 8_192

    /// Client: bytes of requests waiting to be sent. Bounds memory while the peer is slow or away.
    public var maxQueuedBytes = 128 * 1_024 * 1_024

    /// Bytes written and not yet taken by the kernel at which a channel counts as not writable. Enough to keep
    /// the socket busy (its own buffer is about 200 KiB).
    public var writeBufferHighWaterMark = 1_024 * 1_024

    /// Both: a frame that has begun must end within this time, as must a stalled write. Peers share a machine, so
    /// that only a hung or hostile one takes longer.
    public var halfFrameTimeout: TimeAmount = .seconds(30)

    /// Client: bound on connect(2); on a UNIX socket it only waits when the backlog is full.
    public var connectTimeout: TimeAmount = .seconds(2)

    /// Client: pause after the first failed attempt to connect; doubles with each further one.
    public var firstBackoff: TimeAmount = .milliseconds(10)

    /// Client: longest pause between attempts. Short, since a restarted peer should be found at once and a failed
    /// connect to a local socket costs microseconds.
    public var maxBackoff: TimeAmount = .milliseconds(500)

    /// Server: how long a graceful close waits for requests in flight.
    public var drainTimeout: TimeAmount = .seconds(10)

    public init() {}

    public static let standard = FrameLimits()

    /// Largest body of a single call: what is left of a frame after the envelope of one message.
    public var maxBodyBytes: Int { maxFrameBytes - FrameCodec.maxEnvelopeBytes }

    /// Elements that a request of so many bytes may hold.
    func maxElements(bodyBytes: Int) -> Int {
        min(maxElementsPerRequest, freeElementsPerRequest + bodyBytes / max(minBytesPerElement, 1))
    }

    /// A sentence about the first pair of limits that contradict each other, or nil.
    func contradiction() -> String? {
        if maxFrameBytes <= FrameCodec.maxEnvelopeBytes || maxFrameBytes > Int(Int32.max) {
            return "maxFrameBytes must exceed one envelope and fit in 31 bits"
        }
        if maxInFlightBytesPerConnection < maxFrameBytes {
            return "maxInFlightBytesPerConnection must hold one whole frame"
        }
        if maxQueuedBytes < maxFrameBytes { return "maxQueuedBytes must hold one whole frame" }
        if maxReplyBytesPerConnection < pauseReplyBytesPerConnection {
            return "maxReplyBytesPerConnection must not be below the pause"
        }
        if maxMessagesPerFrame < 1 || maxInFlightPerConnection < 1 || maxQueuedCalls < 1 {
            return "counts must be at least 1"
        }
        if firstBackoff > maxBackoff { return "firstBackoff must not exceed maxBackoff" }
        return nil
    }
}
