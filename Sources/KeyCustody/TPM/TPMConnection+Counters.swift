import CTSS2

extension TPMConnection {
    /// Defines counters on the lowest free handles and increments each once, which gives it its first value.
    ///
    /// - Parameter mark: stands in their public areas, so that `undefineCounters` finds them again.
    func defineCounters(
        _ count: Int, mark: [UInt8], authorization: SecretBytes
    ) throws(TPMError) -> [TPMCounter] {
        let taken = Set(try handles(in: TPMCounter.handles))
        let free = TPMCounter.handles.filter { !taken.contains($0) }.prefix(count)
        guard free.count == count else {
            throw TPMError(
                .refused, operation: "defining counters",
                hint:
                    "the TPM has no room for the counters of another ledger; undefine those of one "
                    + "that is gone (tpm2_nvundefine)")
        }
        var counters: [TPMCounter] = []
        for handle in free {
            try define(handle, mark: mark, authorization)
            try increment(handle, authorization)
            counters.append(TPMCounter(handle: handle, name: try indexName(handle)))
        }
        return counters
    }

    /// Removes every counter that carries the mark, but `kept`: those of a start or a restore that did not finish.
    func undefineCounters(mark: [UInt8], but kept: [TPMCounter]) throws(TPMError) {
        for handle in try handles(in: TPMCounter.handles)
        where !kept.contains(where: { $0.handle == handle }) {
            guard try self.mark(of: handle) == mark else { continue }
            let index = try open(handle)
            try check("Esys_NV_UndefineSpace") { esys in
                Esys_NV_UndefineSpace(
                    esys, ESYS_TR(ESYS_TR_RH_OWNER), index, ESYS_TR(ESYS_TR_PASSWORD), Self.none,
                    Self.none)
            }
        }
    }

    /// Removes the counter, if it is this TPM's.
    func undefine(_ counter: TPMCounter) throws(TPMError) {
        do throws(TPMError) {
            try withCounter(counter) { index throws(TPMError) in
                try check("Esys_NV_UndefineSpace") { esys in
                    Esys_NV_UndefineSpace(
                        esys, ESYS_TR(ESYS_TR_RH_OWNER), index, ESYS_TR(ESYS_TR_PASSWORD),
                        Self.none, Self.none)
                }
            }
        } catch {
            guard error.code == .foreign else { throw error }
        }
    }

    /// - Throws: `TPMError.foreign` when the counter is gone or another one has its handle.
    func value(of counter: TPMCounter) throws(TPMError) -> UInt64 {
        try withCounter(counter) { index throws(TPMError) in
            var data: UnsafeMutablePointer<TPM2B_MAX_NV_BUFFER>?
            defer { Esys_Free(data) }
            try check("Esys_NV_Read") { esys in
                Esys_NV_Read(
                    esys, ESYS_TR(ESYS_TR_RH_OWNER), index, ESYS_TR(ESYS_TR_PASSWORD), Self.none,
                    Self.none, 8, 0, &data)
            }
            guard let data, data.pointee.size == 8 else {
                throw TPMError(
                    .refused, operation: "Esys_NV_Read", hint: "the TPM returned no counter")
            }
            return withUnsafeBytes(of: &data.pointee.buffer) { bytes in
                bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
            }
        }
    }

    /// Increments the counter if one step leads to `target`; else leaves it alone.
    ///
    /// - Returns: where it stands after it.
    func advance(
        _ counter: TPMCounter, to target: UInt64, authorization: SecretBytes
    ) throws(TPMError) -> UInt64 {
        let value = try value(of: counter)
        guard value &+ 1 == target else { return value }
        try increment(counter.handle, authorization)
        return try self.value(of: counter)
    }

    /// Runs `body` with the counter's index, after comparing its name.
    func withCounter<Value>(
        _ counter: TPMCounter, _ body: (ESYS_TR) throws(TPMError) -> Value
    ) throws(TPMError) -> Value {
        var index: ESYS_TR
        do {
            index = try open(counter.handle)
        } catch {
            guard error.code == .missing else { throw error }
            throw Self.gone(counter)
        }
        defer { Esys_TR_Close(esys, &index) }
        guard try name(of: index) == counter.name else { throw Self.gone(counter) }
        return try body(index)
    }

    // MARK: - Parts

    private func define(
        _ handle: UInt32, mark: [UInt8], _ authorization: SecretBytes
    ) throws(TPMError) {
        let parent = try loadStorageRoot()
        defer { flush(parent) }
        let session = try startSession(saltedTo: parent)
        defer { flush(session) }
        try setAttributes(
            session, TPMA_SESSION(TPMA_SESSION_DECRYPT | TPMA_SESSION_CONTINUESESSION))
        var area = TPM2B_NV_PUBLIC()
        area.nvPublic.nvIndex = handle
        area.nvPublic.nameAlg = TPMI_ALG_HASH(TPM2_ALG_SHA256)
        area.nvPublic.attributes = TPMCounter.attributes
        area.nvPublic.authPolicy.size = UInt16(mark.count)
        withUnsafeMutableBytes(of: &area.nvPublic.authPolicy.buffer) { $0.copyBytes(from: mark) }
        area.nvPublic.dataSize = 8
        var index = Self.none
        try withAuthorization(authorization) { secret throws(TPMError) in
            try check("Esys_NV_DefineSpace") { esys in
                Esys_NV_DefineSpace(
                    esys, ESYS_TR(ESYS_TR_RH_OWNER), session, Self.none, Self.none, secret, &area,
                    &index)
            }
        }
        Esys_TR_Close(esys, &index)
    }

    private func increment(_ handle: UInt32, _ authorization: SecretBytes) throws(TPMError) {
        let parent = try loadStorageRoot()
        defer { flush(parent) }
        let session = try startSession(saltedTo: parent)
        defer { flush(session) }
        var index = try open(handle)
        defer { Esys_TR_Close(esys, &index) }
        try withAuthorization(authorization) { secret throws(TPMError) in
            try check("Esys_TR_SetAuth") { Esys_TR_SetAuth($0, index, secret) }
        }
        try check("Esys_NV_Increment") { esys in
            Esys_NV_Increment(esys, index, index, session, Self.none, Self.none)
        }
    }

    func withAuthorization(
        _ secret: SecretBytes, _ body: (UnsafePointer<TPM2B_AUTH>) throws(TPMError) -> Void
    ) throws(TPMError) {
        var authorization = TPM2B_AUTH()
        defer { withUnsafeMutableBytes(of: &authorization) { Sodium.wipe($0) } }
        authorization.size = UInt16(secret.count)
        withUnsafeMutableBytes(of: &authorization.buffer) { buffer in
            secret.withUnsafeBytes { buffer.copyMemory(from: $0) }
        }
        try body(&authorization)
    }

    func open(_ handle: UInt32) throws(TPMError) -> ESYS_TR {
        var index = Self.none
        try check("Esys_TR_FromTPMPublic") { esys in
            Esys_TR_FromTPMPublic(esys, handle, Self.none, Self.none, Self.none, &index)
        }
        return index
    }

    func indexName(_ handle: UInt32) throws(TPMError) -> [UInt8] {
        var index = try open(handle)
        defer { Esys_TR_Close(esys, &index) }
        return try name(of: index)
    }

    func mark(of handle: UInt32) throws(TPMError) -> [UInt8] {
        var index = try open(handle)
        defer { Esys_TR_Close(esys, &index) }
        var area: UnsafeMutablePointer<TPM2B_NV_PUBLIC>?
        defer { Esys_Free(area) }
        try check("Esys_NV_ReadPublic") { esys in
            Esys_NV_ReadPublic(esys, index, Self.none, Self.none, Self.none, &area, nil)
        }
        guard let area else { return [] }
        return withUnsafeBytes(of: &area.pointee.nvPublic.authPolicy.buffer) { bytes in
            Array(bytes.prefix(Int(area.pointee.nvPublic.authPolicy.size)))
        }
    }

    private static func gone(_ counter: TPMCounter) -> TPMError {
        TPMError(
            .foreign, operation: "reading counter 0x\(String(counter.handle, radix: 16))",
            hint: "this TPM no longer has the counter that this keystore was made with: it was "
                + "cleared, or the counter was undefined or replaced; recover from an escrow")
    }
}
