import CTSS2

// What a TPM tells of itself. None of it needs an authorization or a slot.

extension TPMConnection {
    func properties() throws(TPMError) -> TPMProperties {
        var values = try properties(TPMProperties.fixed)
        for (property, value) in try properties(TPMProperties.variable) {
            values[property] = value
        }
        return TPMProperties(values: values)
    }

    func properties(_ range: ClosedRange<UInt32>) throws(TPMError) -> [UInt32: UInt32] {
        var data: UnsafeMutablePointer<TPMS_CAPABILITY_DATA>?
        defer { Esys_Free(data) }
        try check("Esys_GetCapability") { esys in
            Esys_GetCapability(
                esys, Self.none, Self.none, Self.none, TPM2_CAP(TPM2_CAP_TPM_PROPERTIES),
                range.lowerBound, UInt32(range.count), nil, &data)
        }
        guard let data else { return [:] }
        let count = Int(data.pointee.data.tpmProperties.count)
        return withUnsafeBytes(of: &data.pointee.data.tpmProperties.tpmProperty) { raw in
            var values: [UInt32: UInt32] = [:]
            for entry in raw.bindMemory(to: TPMS_TAGGED_PROPERTY.self).prefix(count)
            where range.contains(entry.property) {
                values[entry.property] = entry.value
            }
            return values
        }
    }

    /// P-256 every TPM for PCs has, P-384 most.
    func has(_ curve: ResidentCurve) throws(TPMError) -> Bool {
        var data: UnsafeMutablePointer<TPMS_CAPABILITY_DATA>?
        defer { Esys_Free(data) }
        try check("Esys_GetCapability") { esys in
            Esys_GetCapability(
                esys, Self.none, Self.none, Self.none, TPM2_CAP(TPM2_CAP_ECC_CURVES),
                UInt32(curve.tpmCurve), 1, nil, &data)
        }
        guard let data, data.pointee.data.eccCurves.count > 0 else { return false }
        return data.pointee.data.eccCurves.eccCurves.0 == curve.tpmCurve
    }

    /// What there is in a range of handles.
    func handles(in range: Range<UInt32>) throws(TPMError) -> [UInt32] {
        var data: UnsafeMutablePointer<TPMS_CAPABILITY_DATA>?
        defer { Esys_Free(data) }
        try check("Esys_GetCapability") { esys in
            Esys_GetCapability(
                esys, Self.none, Self.none, Self.none, TPM2_CAP(TPM2_CAP_HANDLES),
                range.lowerBound, UInt32(range.count), nil, &data)
        }
        guard let data else { return [] }
        let count = Int(data.pointee.data.handles.count)
        return withUnsafeBytes(of: &data.pointee.data.handles.handle) { raw in
            raw.bindMemory(to: UInt32.self).prefix(count).filter { range.contains($0) }
        }
    }
}
