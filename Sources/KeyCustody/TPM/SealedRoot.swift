/// The keystore root as the TPM sealed it: useless without that TPM. File `keys/root.sealed`:
///
/// ```
/// "CHNCROOT"          8 bytes
/// version             UInt32, 3
/// epoch               UInt64: it unseals while the counter stands at this value, where an operator approved of the platform
/// counter             UInt32: handle of the erasure counter
/// counter name        UInt32 length, bytes
/// parent name         UInt32 length, bytes: TPM name of the storage root that sealed it
/// public area         UInt32 length, bytes: TPM2B_PUBLIC as marshalled
/// private area        UInt32 length, bytes: contents of TPM2B_PRIVATE
/// ```
/// All integers are big-endian; nothing follows.
struct SealedRoot: Equatable, Sendable {
    var epoch: UInt64
    var counter: TPMCounter
    var parentName: [UInt8]
    var publicArea: [UInt8]
    var privateArea: [UInt8]

    private static let magic = Array("CHNCROOT".utf8)
    private static let version: UInt32 = 3
    /// No TPM makes a part longer than this; a file that says so is damaged.
    private static let maxPart = 4_096
    /// Upper bound of the whole file.
    static let maxSize = 16_384

    var fileBytes: [UInt8] {
        var bytes = Self.magic
        bytes.append(bigEndian: Self.version)
        bytes.append(bigEndian: epoch)
        bytes.append(bigEndian: counter.handle)
        for part in [counter.name, parentName, publicArea, privateArea] {
            bytes.append(bigEndian: UInt32(part.count))
            bytes += part
        }
        return bytes
    }

    init(
        epoch: UInt64, counter: TPMCounter, parentName: [UInt8], publicArea: [UInt8],
        privateArea: [UInt8]
    ) {
        self.epoch = epoch
        self.counter = counter
        self.parentName = parentName
        self.publicArea = publicArea
        self.privateArea = privateArea
    }

    /// - Throws: `TPMError.malformed` for anything that `fileBytes` does not write.
    init(fileBytes: [UInt8]) throws(TPMError) {
        var rest = fileBytes[...]
        guard rest.starts(with: Self.magic) else { throw Self.damaged("does not begin as one") }
        rest = rest.dropFirst(Self.magic.count)
        guard let version: UInt32 = rest.popBigEndian() else { throw Self.damaged("is cut short") }
        guard version == Self.version else {
            throw Self.damaged("has version \(version), which this program does not read")
        }
        guard let epoch: UInt64 = rest.popBigEndian() else { throw Self.damaged("is cut short") }
        guard let handle: UInt32 = rest.popBigEndian() else { throw Self.damaged("is cut short") }
        self.epoch = epoch
        counter = TPMCounter(handle: handle, name: try Self.part(&rest))
        parentName = try Self.part(&rest)
        publicArea = try Self.part(&rest)
        privateArea = try Self.part(&rest)
        guard rest.isEmpty else { throw Self.damaged("has bytes after its end") }
    }

    private static func part(_ rest: inout ArraySlice<UInt8>) throws(TPMError) -> [UInt8] {
        guard let length: UInt32 = rest.popBigEndian(), length <= maxPart,
            Int(length) <= rest.count
        else { throw damaged("is cut short") }
        let part = Array(rest.prefix(Int(length)))
        rest = rest.dropFirst(Int(length))
        return part
    }

    private static func damaged(_ how: String) -> TPMError {
        TPMError(
            .malformed, operation: "reading the sealed root",
            hint: "the file \(how); restore keys/root.sealed from where it was kept")
    }
}
