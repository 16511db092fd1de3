import Testing

@testable import KeyCustody

extension TPMDevice {
    /// A counter of its own, with what increments it.
    func newCounter() async throws -> (counter: TPMCounter, authorization: SecretBytes) {
        let authorization = SecretBytes.random(count: 32)
        let counters = try await defineCounters(
            1, mark: SecretBytes.random(count: 32).bytes, authorization: authorization)
        return (try #require(counters.first), authorization)
    }

    /// Seals under a counter of its own, where it stands.
    func seal(_ secret: SecretBytes) async throws -> SealedRoot {
        let counter = try await newCounter().counter
        return try await seal(secret, counter: counter, epoch: try await value(of: counter))
    }

    /// To the key of the tests' operator.
    func seal(
        _ secret: SecretBytes, counter: TPMCounter, epoch: UInt64
    ) async throws -> SealedRoot {
        try await seal(
            secret, to: TestPolicy.signer.publicKey, counter: counter, epoch: epoch)
    }

    /// Where that operator has approved of the platform as it is. The TPM may be gone.
    func unseal(_ blob: SealedRoot) async throws -> SecretBytes {
        try await unseal(blob, [try await TestPolicy.signed(self)])
    }
}
