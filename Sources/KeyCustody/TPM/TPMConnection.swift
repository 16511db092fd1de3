import CTSS2
import Foundation

/// One ESAPI context over one TCTI. ESAPI is not thread-safe: a connection is confined to the queue
/// of its `TPMDevice` and never leaves it.
final class TPMConnection {
    let address: TCTIAddress
    private var transport: OpaquePointer?
    private(set) var esys: OpaquePointer?

    /// No handle, in the places where ESAPI wants none.
    static let none = ESYS_TR(ESYS_TR_NONE)

    /// The stack writes its own diagnostics to stderr; the keeper keeps silent, and every failure
    /// reaches its caller as a `TPMError`.
    private static let silenced: Void = { setenv("TSS2_LOG", "all+NONE", 1) }()

    /// - Throws: `TPMError.absent` when nothing answers at the address.
    init(_ address: TCTIAddress, _ authorizations: TPMAuthorizations? = nil) throws(TPMError) {
        _ = Self.silenced
        self.address = address
        let loaded = TPMResponseCode(Tss2_TctiLdr_Initialize(address.text, &transport))
        guard loaded.isSuccess, transport != nil else {
            throw TPMError(
                .absent, operation: "Tss2_TctiLdr_Initialize", responseCode: loaded,
                hint: "no TPM answers at \(address.text); start the software TPM or name another "
                    + "with --tcti")
        }
        let opened = TPMResponseCode(Esys_Initialize(&esys, transport, nil))
        guard opened.isSuccess, esys != nil else {
            Tss2_TctiLdr_Finalize(&transport)
            throw TPMError(opened, operation: "Esys_Initialize", address: address)
        }
        if let authorizations { try use(authorizations) }
    }

    deinit {
        Esys_Finalize(&esys)
        Tss2_TctiLdr_Finalize(&transport)
    }

    /// Runs one ESAPI call and turns its response into an error.
    func check(_ operation: String, _ call: (OpaquePointer?) -> TSS2_RC) throws(TPMError) {
        let response = TPMResponseCode(call(esys))
        guard response.isSuccess else {
            throw TPMError(response, operation: operation, address: address)
        }
    }

    /// Transient slots are three: whatever was loaded is flushed as soon as its use is over. A failed
    /// flush is not reported, since the failure that matters already was.
    func flush(_ handle: ESYS_TR) {
        guard handle != Self.none else { return }
        _ = Esys_FlushContext(esys, handle)
    }

    /// Who made the TPM: its manufacturer's four letters and vendor strings, for health.
    func describe() throws(TPMError) -> String {
        let properties = try properties()
        let texts = [properties.manufacturer, properties.model].filter { !$0.isEmpty }
        return texts.isEmpty ? "unknown" : texts.joined(separator: " ")
    }
}
