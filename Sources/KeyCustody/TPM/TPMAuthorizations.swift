import Glibc
import ProcessBoundary

/// The authorization values of a TPM's hierarchies, as an operator keeps them: a file of mode 0600, outside the data
/// directory and its backups.
///
/// ```
/// chancery-tpm-authorizations 1
/// lockout 64 hex digits
/// owner 64 hex digits
/// endorsement 64 hex digits
/// ```
/// A line may be missing: that hierarchy has no authorization, or is not ours to use. A value set by other software may
/// have any even number of lower-case digits up to 64.
public struct TPMAuthorizations: Sendable {
    private static let title = "chancery-tpm-authorizations 1"
    /// SHA-256 is what every TPM's hierarchies can hold.
    private static let maxBytes = 32
    private static let maxFile = 1_024

    private var values: [TPMHierarchy: SecretBytes]

    subscript(_ hierarchy: TPMHierarchy) -> SecretBytes? { values[hierarchy] }

    static func random() -> TPMAuthorizations {
        TPMAuthorizations(
            values: Dictionary(
                uniqueKeysWithValues: TPMHierarchy.allCases.map { ($0, .random(count: maxBytes)) }))
    }

    /// - Throws: `TPMError.malformed` naming the file: absent, readable by others, or not written as above.
    public static func read(_ path: String) throws(TPMError) -> TPMAuthorizations {
        var info = stat()
        if stat(path, &info) == 0, info.st_mode & 0o077 != 0 {
            throw malformed(path, "others may read it; `chmod 600` it")
        }
        var bytes: [UInt8]
        do throws(SystemError) {
            bytes = try SystemFile.read(path, limit: maxFile)
        } catch {
            throw malformed(path, "\(error)")
        }
        defer { bytes.withUnsafeMutableBytes { Sodium.wipe($0) } }
        var lines = bytes.split(separator: UInt8(ascii: "\n"))[...]
        guard lines.popFirst()?.elementsEqual(title.utf8) == true else {
            throw malformed(path, "its first line is not `\(title)`")
        }
        var values: [TPMHierarchy: SecretBytes] = [:]
        for line in lines {
            let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            guard parts.count == 2,
                let hierarchy = TPMHierarchy(rawValue: String(decoding: parts[0], as: UTF8.self)),
                values[hierarchy] == nil, let secret = secret(hex: parts[1])
            else {
                throw malformed(
                    path, "a line is not `lockout`, `owner` or `endorsement`, once, and hex digits")
            }
            values[hierarchy] = secret
        }
        return TPMAuthorizations(values: values)
    }

    /// Durable, mode 0600, before the TPM hears of them.
    func write(_ path: String) throws(TPMError) {
        var bytes = Array((Self.title + "\n").utf8)
        defer { bytes.withUnsafeMutableBytes { Sodium.wipe($0) } }
        bytes.reserveCapacity(Self.maxFile)
        for hierarchy in TPMHierarchy.allCases {
            guard let secret = values[hierarchy] else { continue }
            bytes += Array("\(hierarchy.rawValue) ".utf8)
            secret.withUnsafeBytes { raw in
                for byte in raw { bytes += [Self.digit(byte >> 4), Self.digit(byte & 0x0F)] }
            }
            bytes.append(UInt8(ascii: "\n"))
        }
        do throws(SystemError) {
            try SystemFile.replace(bytes, at: path)
        } catch {
            throw Self.malformed(path, "\(error)")
        }
    }

    /// Digits of a secret pass through no String.
    private static func secret(hex: ArraySlice<UInt8>) -> SecretBytes? {
        guard hex.count.isMultiple(of: 2), (2...2 * maxBytes).contains(hex.count),
            hex.allSatisfy({ value(of: $0) != nil })
        else { return nil }
        return SecretBytes(count: hex.count / 2) { buffer in
            for (position, digit) in hex.enumerated() {
                buffer[position / 2] = buffer[position / 2] << 4 | (value(of: digit) ?? 0)
            }
        }
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private static func malformed(_ path: String, _ what: String) -> TPMError {
        TPMError(
            .malformed, operation: "reading the TPM's authorizations",
            hint: "\(path): \(what)")
    }
}
