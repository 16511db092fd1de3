extension EntryHeader {
    /// The bytes that are stored, hashed and bundled. The hot path of the sequencer: one allocation,
    /// no intermediate strings; the layout heads EntryHeader.swift.
    public func canonicalBytes() -> [UInt8] {
        let capacity = Self.fixedBytes + actor.utf8.count + label.utf8.count + type.utf8.count
        return [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            var out = ByteWriter(UnsafeMutableRawBufferPointer(buffer))
            out.put("{\"actor\":\"")
            out.put(actor)
            out.put("\",\"format\":1,\"generation\":")
            out.put(generation)
            out.put(",\"id\":\"")
            out.put(id)
            out.put("\",\"index\":")
            out.put(index)
            out.put(",\"label\":\"")
            out.put(label)
            out.put("\",\"payloadHash\":\"")
            out.put(hex: payloadHash)
            if let previous {
                out.put("\",\"previous\":\"")
                out.put(hex: previous)
                out.put("\",\"stream\":\"")
            } else {
                out.put("\",\"previous\":null,\"stream\":\"")
            }
            out.put(stream.name)
            writeSubject(to: &out)
            out.put(",\"time\":\"")
            out.put(time)
            out.put("\",\"type\":\"")
            out.put(type)
            out.put("\"}")
            count = out.count
        }
    }

    private func writeSubject(to out: inout ByteWriter) {
        guard let subject, let subjectVersion else {
            out.put("\",\"subject\":null,\"subjectPrevious\":null,\"subjectVersion\":null")
            return
        }
        out.put("\",\"subject\":\"")
        out.put(hex: subject)
        out.put("\",\"subjectPrevious\":")
        if let subjectPrevious {
            out.put(subjectPrevious)
        } else {
            out.put("null")
        }
        out.put(",\"subjectVersion\":")
        out.put(subjectVersion)
    }
}
