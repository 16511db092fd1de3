import ProcessBoundary

/// Where the TPM is: a software TPM's UNIX socket or a device file, nothing on a network.
public struct TCTIAddress: Sendable, Hashable {
    /// How the TSS2 loader writes it: `swtpm:path=/…` or `device:/dev/tpmrm0`.
    public let text: String
    /// The socket or device file.
    public let path: String

    /// swtpm's control socket adds `.ctrl`.
    static let maxSocketPath = HomeLayout.maxSocketPathBytes - ".ctrl".utf8.count

    /// - Throws: `TPMError.malformed` for anything but these two forms.
    public init(_ text: String) throws(TPMError) {
        let path: Substring
        if text.hasPrefix("swtpm:path=") {
            path = text.dropFirst("swtpm:path=".count)
            guard path.utf8.count <= Self.maxSocketPath else {
                throw Self.malformed(
                    "the socket path is longer than \(Self.maxSocketPath) bytes; use a shorter one")
            }
        } else if text.hasPrefix("device:/dev/tpm") {
            path = text.dropFirst("device:".count)
        } else {
            throw Self.malformed(
                "write swtpm:path=SOCKET or device:/dev/tpmrm0; TPMs on a network are not used")
        }
        // A comma would start another option of the TCTI (host=, port=), and it reads no value past an equals sign.
        let carried = path.utf8.allSatisfy { byte in
            byte >= 0x20 && byte != 0x7F && byte != UInt8(ascii: ",") && byte != UInt8(ascii: "=")
        }
        guard !path.isEmpty, carried, !path.split(separator: "/").contains("..") else {
            throw Self.malformed("the path holds characters that a TPM address cannot carry")
        }
        self.text = text
        self.path = String(path)
    }

    private static func malformed(_ hint: String) -> TPMError {
        TPMError(.malformed, operation: "reading the TPM address", hint: hint)
    }
}
