public import ContactModel

/// A value to encrypt.
public struct PlainValue: Sendable {
    public let binding: ValueBinding
    public let plaintext: [UInt8]
    /// A key may be drawn for the subject if it has none; an existing key is used again, so that a
    /// caller whose first try failed half-way may repeat it.
    public let newSubject: Bool

    public init(binding: ValueBinding, plaintext: [UInt8], newSubject: Bool) {
        self.binding = binding
        self.plaintext = plaintext
        self.newSubject = newSubject
    }
}

/// A value to decrypt, with what it claims to be bound to.
public struct BoundValue: Sendable {
    public let binding: ValueBinding
    public let value: EncryptedValue

    public init(binding: ValueBinding, value: EncryptedValue) {
        self.binding = binding
        self.value = value
    }
}

/// The outcome for one value.
public enum DecryptedValue: Sendable, Equatable {
    case plaintext([UInt8])
    /// The subject has no key: erased, or never there. Nothing else looks like this, so that damage is
    /// never taken for an erasure.
    case unreadable
    /// There is a key, or the remains of one, and the value does not open: a keystore row is damaged, or
    /// the value was altered or moved.
    case corrupt(KeyCustodyError)
}

/// The outcome for one value of a rebuild.
public enum ReindexedValue: Sendable, Equatable {
    /// Field `email`: the blind-index value, 32 bytes.
    case indexValue([UInt8])
    /// Field `contactId`: 16 bytes.
    case contactID([UInt8])
    /// Field `fullName`: what it is found by, 2 bytes each.
    case words([UInt8])
    /// As in `DecryptedValue`: a rebuild may pass over this one, over nothing else.
    case unreadable
    case corrupt(KeyCustodyError)
}
