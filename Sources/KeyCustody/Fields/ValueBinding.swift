import ContactModel
public import LedgerFormat

/// What an encrypted value is bound to (FORMAT section 9): it decrypts nowhere else.
public struct ValueBinding: Hashable, Sendable {
    public let subject: SubjectTag
    /// UUID of the entity the field belongs to, 36 characters, lower case.
    public let entity: String
    /// A letter, then letters, digits, `.` and `-`, at most 64.
    public let field: String
    /// The value's own security label, text form.
    public let label: String

    /// - Throws: `KeyCustodyError.invalid` naming the part that is not as above.
    public init(
        subject: SubjectTag, entity: String, field: String, label: String
    ) throws(KeyCustodyError) {
        guard Self.isEntity(entity) else {
            throw KeyCustodyError(.invalid, "the entity of a binding is a UUID in lower case")
        }
        guard Self.isField(field) else {
            throw KeyCustodyError(
                .invalid, "the field of a binding is 1 to 64 letters, digits, dots and hyphens")
        }
        guard Self.isLabel(label) else {
            throw KeyCustodyError(
                .invalid, "the label of a binding is a security label such as s1/i1")
        }
        self.subject = subject
        self.entity = entity
        self.field = field
        self.label = label
    }

    /// The canonical JSON array `["chancery/value/v1",tag,entity,field,label,keyId]`. No part needs
    /// escaping: `init` admits neither quotes nor backslashes nor anything but printable ASCII.
    func associatedData(keyID: String) -> [UInt8] {
        var json: [UInt8] = []
        // All but the parts is 90 bytes at most.
        json.reserveCapacity(
            90 + entity.utf8.count + field.utf8.count + label.utf8.count + keyID.utf8.count)
        json += "[\"chancery/value/v1\",\"".utf8
        json += subject.hex.utf8
        for part in [entity, field, label, keyID] {
            json += "\",\"".utf8
            json += part.utf8
        }
        json += "\"]".utf8
        return json
    }

    private static func isEntity(_ text: String) -> Bool {
        var count = 0
        for byte in text.utf8 {
            let isRight =
                switch count {
                case 8, 13, 18, 23: byte == UInt8(ascii: "-")
                default: isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
                }
            guard isRight else { return false }
            count += 1
        }
        return count == 36
    }

    private static func isField(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 64, isLetter(first) else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: "-")
        }
    }

    private static func isLabel(_ text: String) -> Bool {
        // Nearly every value has the default label.
        text == "s1/i1" || (try? SecurityLabel(text)) != nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
