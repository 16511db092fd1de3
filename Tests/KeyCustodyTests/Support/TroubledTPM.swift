import CTSS2
import Testing

@testable import KeyCustody

/// What others do to a TPM that they share with us, or that they own.
enum TroubledTPM {
    /// TPM2_Clear: a new owner seed; everything of the owner's is gone.
    static func clear(_ tpm: SoftwareTPM) throws {
        let connection = try TPMConnection(TCTIAddress(tpm.address))
        try connection.check("Esys_Clear") { esys in
            Esys_Clear(
                esys, ESYS_TR(ESYS_TR_RH_LOCKOUT), ESYS_TR(ESYS_TR_PASSWORD), TPMConnection.none,
                TPMConnection.none)
        }
    }

    /// Guesses the authorization of an object that is subject to dictionary-attack protection until the TPM locks out.
    static func lockOut(_ tpm: SoftwareTPM) throws {
        let connection = try TPMConnection(TCTIAddress(tpm.address))
        let parent = try connection.loadStorageRoot()
        defer { connection.flush(parent) }
        var sensitive = TPM2B_SENSITIVE_CREATE()
        sensitive.sensitive.userAuth.size = 4
        sensitive.sensitive.userAuth.buffer.0 = 1
        sensitive.sensitive.data.size = 4
        var template = TPMTemplates.sealedData(policy: [])
        template.publicArea.objectAttributes = TPMA_OBJECT(
            TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_USERWITHAUTH)
        var (outside, registers) = (TPM2B_DATA(), TPML_PCR_SELECTION())
        var privateArea: UnsafeMutablePointer<TPM2B_PRIVATE>?
        var publicArea: UnsafeMutablePointer<TPM2B_PUBLIC>?
        defer {
            Esys_Free(privateArea)
            Esys_Free(publicArea)
        }
        try connection.check("Esys_Create") { esys in
            Esys_Create(
                esys, parent, ESYS_TR(ESYS_TR_PASSWORD), TPMConnection.none, TPMConnection.none,
                &sensitive, &template, &outside, &registers, &privateArea, &publicArea, nil, nil,
                nil)
        }
        var object = TPMConnection.none
        try connection.check("Esys_Load") { esys in
            Esys_Load(
                esys, parent, ESYS_TR(ESYS_TR_PASSWORD), TPMConnection.none, TPMConnection.none,
                privateArea, publicArea, &object)
        }
        defer { connection.flush(object) }
        var guess = TPM2B_AUTH()
        guess.size = 4
        for _ in 0..<40 {
            guard try !connection.properties().isInLockout else { return }
            Esys_TR_SetAuth(connection.esys, object, &guess)
            var data: UnsafeMutablePointer<TPM2B_SENSITIVE_DATA>?
            _ = Esys_Unseal(
                connection.esys, object, ESYS_TR(ESYS_TR_PASSWORD), TPMConnection.none,
                TPMConnection.none, &data)
            Esys_Free(data)
        }
        try #require(try connection.properties().isInLockout)
    }

    /// Leaves objects in every transient slot during `body`.
    static func withFullSlots(
        _ tpm: SoftwareTPM, _ body: () async throws -> Void
    ) async throws {
        let connection = try TPMConnection(TCTIAddress(tpm.address))
        var loaded: [ESYS_TR] = []
        while let handle = try? connection.loadStorageRoot() { loaded.append(handle) }
        try #require(loaded.count == 3)
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        for handle in loaded { connection.flush(handle) }
        try result.get()
    }
}
