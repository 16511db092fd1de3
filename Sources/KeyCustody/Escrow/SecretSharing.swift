import CGFShare

/// Shamir's scheme over GF(2⁸), byte by byte, as libgfshare has it: any `threshold` shares give the secret, fewer give
/// nothing at all. Its randomness is libsodium's. It does not notice a wrong share: whoever joins has to check them before.
enum SecretSharing {
    /// Share `number` is of x = `number`; there is none of 0, where the secret itself stands.
    static let numbers = 1...CustodyLimits.maxEscrowHolders

    private static let isReady: Bool = {
        guard Sodium.isReady else { return false }
        chancery_gfshare_begin()
        return true
    }()

    /// - Returns: `count` shares as long as the secret, of the numbers from 1.
    static func split(
        _ secret: SecretBytes, threshold: Int, count: Int
    ) throws(KeyCustodyError) -> [SecretBytes] {
        guard numbers.contains(count), (2...count).contains(threshold) else {
            throw KeyCustodyError(
                .invalid,
                "a secret is shared among at most \(numbers.upperBound), of whom at least 2 are needed"
            )
        }
        var identifiers = (1...count).map { UInt8(truncatingIfNeeded: $0) }
        guard isReady,
            let context = gfshare_ctx_init_enc(
                &identifiers, UInt32(count), UInt8(threshold), UInt32(secret.count))
        else { throw noMemory }
        // Overwrites what it holds.
        defer { gfshare_ctx_free(context) }
        secret.withBytePointer { bytes in
            // It reads the secret only; the parameter is not const.
            gfshare_ctx_enc_setsecret(context, UnsafeMutablePointer(mutating: bytes))
        }
        return (0..<count).map { position in
            SecretBytes(count: secret.count) { buffer in
                gfshare_ctx_enc_getshare(
                    context, UInt8(position),
                    buffer.baseAddress?.assumingMemoryBound(to: UInt8.self))
            }
        }
    }

    /// - Parameter shares: by number; exactly as many as the threshold, all of one length.
    static func join(_ shares: [UInt8: SecretBytes]) throws(KeyCustodyError) -> SecretBytes {
        let shares = shares.sorted { $0.key < $1.key }
        var identifiers = shares.map(\.key)
        guard isReady, let length = shares.first?.value.count, shares.count <= numbers.upperBound,
            shares.allSatisfy({ numbers.contains(Int($0.key)) && $0.value.count == length }),
            let context = gfshare_ctx_init_dec(
                &identifiers, UInt32(identifiers.count), UInt32(length))
        else { throw noMemory }
        defer { gfshare_ctx_free(context) }
        for (position, share) in shares.enumerated() {
            share.value.withBytePointer { bytes in
                gfshare_ctx_dec_giveshare(
                    context, UInt8(position), UnsafeMutablePointer(mutating: bytes))
            }
        }
        return SecretBytes(count: length) { buffer in
            gfshare_ctx_dec_extract(
                context, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self))
        }
    }

    private static let noMemory = KeyCustodyError(
        .unavailable, "the shares of an escrow cannot be worked with: no memory; try again")
}
