import COpenSSL

/// Owns an X509 of OpenSSL.
final class X509Certificate {
    let pointer: OpaquePointer

    /// Takes it over.
    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { X509_free(pointer) }

    /// - Returns: nil unless `bytes` begin with one in DER; how many bytes it has.
    static func parse(_ bytes: [UInt8]) -> (certificate: X509Certificate, length: Int)? {
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return nil }
            var cursor: UnsafePointer<UInt8>? = base
            guard let pointer = d2i_X509(nil, &cursor, buffer.count) else { return nil }
            let certificate = X509Certificate(pointer)
            return cursor.map { (certificate, $0 - base) }
        }
    }

    var der: [UInt8] {
        let size = i2d_X509(pointer, nil)
        guard size > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: Int(size))
        bytes.withUnsafeMutableBufferPointer { buffer in
            var cursor = buffer.baseAddress
            _ = i2d_X509(pointer, &cursor)
        }
        return bytes
    }
}
