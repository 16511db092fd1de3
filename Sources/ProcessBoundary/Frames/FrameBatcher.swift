import NIOCore

/// Packs messages into as few frames as the limits allow.
struct FrameBatcher {
    let limits: FrameLimits
    private var batch: [FrameMessage] = []
    private var batchBytes = 0

    init(_ limits: FrameLimits) { self.limits = limits }

    /// Takes a message; returns a finished frame when it no longer fits beside those taken before.
    mutating func add(_ message: FrameMessage, _ allocator: ByteBufferAllocator) -> ByteBuffer? {
        let size = FrameCodec.encodedSize(bodyBytes: message.body.count)
        var full: ByteBuffer?
        // At the water mark too: the channel then says whether it takes more.
        if batch.count >= limits.maxMessagesPerFrame || batchBytes + size > limits.maxFrameBytes
            || batchBytes >= limits.writeBufferHighWaterMark
        {
            full = finish(allocator)
        }
        batch.append(message)
        batchBytes += size
        return full
    }

    /// The frame of whatever is left, or nil.
    mutating func finish(_ allocator: ByteBufferAllocator) -> ByteBuffer? {
        guard !batch.isEmpty else { return nil }
        var buffer = allocator.buffer(capacity: FrameCodec.lengthBytes + batchBytes)
        FrameCodec.encode(batch, into: &buffer)
        batch.removeAll(keepingCapacity: true)
        batchBytes = 0
        return buffer
    }
}
