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
    init(_ address: TCTIAddress) throws(TPMError) {
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

    /// Who made the TPM: its manufacturer's four letters and vendor strings, for health and logs.
    func describe() throws(TPMError) -> String {
        let first = UInt32(0x105)  // TPM2_PT_MANUFACTURER, then revision and four vendor strings
        var more = TPMI_YES_NO(0)
        var data: UnsafeMutablePointer<TPMS_CAPABILITY_DATA>?
        try check("Esys_GetCapability") { esys in
            Esys_GetCapability(
                esys, Self.none, Self.none, Self.none, TPM2_CAP(TPM2_CAP_TPM_PROPERTIES), first, 6,
                &more, &data)
        }
        defer { Esys_Free(data) }
        guard var properties = data?.pointee.data.tpmProperties else { return "unknown" }
        let count = Int(min(properties.count, 6))
        let values = withUnsafeBytes(of: &properties.tpmProperty) { raw in
            Array(raw.bindMemory(to: TPMS_TAGGED_PROPERTY.self).prefix(count))
        }
        let texts = values.filter { $0.property != 0x106 }.map(Self.text)
        return texts.filter { !$0.isEmpty }.joined(separator: " ")
    }

    private static func text(_ property: TPMS_TAGGED_PROPERTY) -> String {
        let bytes = withUnsafeBytes(of: property.value.bigEndian) { Array($0) }
        let printable = bytes.filter { $0 > 0x20 && $0 < 0x7F }
        return String(decoding: printable, as: UTF8.self)
    }
}
