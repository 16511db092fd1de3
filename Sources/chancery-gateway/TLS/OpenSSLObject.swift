import COpenSSL

/// Owns an object of OpenSSL, which may be read from any thread.
final class OpenSSLObject: Sendable {
    nonisolated(unsafe) let pointer: OpaquePointer
    private let free: @Sendable (OpaquePointer) -> Void

    /// Takes it over.
    /// - Returns: nil for a null pointer.
    init?(_ pointer: OpaquePointer?, free: @escaping @Sendable (OpaquePointer) -> Void) {
        guard let pointer else { return nil }
        self.pointer = pointer
        self.free = free
    }

    deinit { free(pointer) }

    static func certificate(der: [UInt8]) -> OpenSSLObject? {
        der.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return OpenSSLObject(d2i_X509(nil, &cursor, buffer.count)) { X509_free($0) }
        }
    }

    static func certificates(pem: [UInt8]) throws(ClientAuthorityError) -> [OpenSSLObject] {
        try all(pem) { memory in
            OpenSSLObject(PEM_read_bio_X509(memory, nil, nil, nil)) { X509_free($0) }
        }
    }

    static func revocationLists(pem: [UInt8]) throws(ClientAuthorityError) -> [OpenSSLObject] {
        try all(pem) { memory in
            OpenSSLObject(PEM_read_bio_X509_CRL(memory, nil, nil, nil)) { X509_CRL_free($0) }
        }
    }

    private static let maxObjects = 256

    /// All of a kind in `pem`; something unreadable behind the last one is an error, since the file may be half written.
    private static func all(
        _ pem: [UInt8], _ next: (OpaquePointer) -> OpenSSLObject?
    ) throws(ClientAuthorityError) -> [OpenSSLObject] {
        guard let memory = BIO_new_mem_buf(pem, Int32(clamping: pem.count)) else {
            throw ClientAuthorityError("OpenSSL has no memory")
        }
        defer { BIO_free(memory) }
        ERR_clear_error()
        defer { ERR_clear_error() }
        var found: [OpenSSLObject] = []
        while let object = next(memory) {
            found.append(object)
            guard found.count <= maxObjects else {
                throw ClientAuthorityError("there are more than \(maxObjects) of a kind in it")
            }
        }
        guard ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE else {
            throw ClientAuthorityError("something in it is no PEM that can be read")
        }
        return found
    }
}
