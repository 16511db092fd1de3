public import ContactModel
public import Foundation

/// One line of a bulk request, numbered from 1.
struct BulkLine: Sendable, Equatable {
    let number: Int
    let content: Content

    enum Content: Sendable, Equatable {
        case bytes(Data)
        /// Longer than `ServiceLimits.bulkLineBytes`; what it said was not kept.
        case tooLong
    }

    var byteCount: Int {
        if case .bytes(let data) = content { data.count } else { 0 }
    }
}

/// What a line says, as far as it could be read.
public struct ParsedLine: Sendable {
    /// The name a create gives its contact, readable even when the rest is refused.
    public var declares: Reference?
    /// The line's own purpose; nil: the request's.
    public var purpose: PurposeCode?
    public var command: Result<BulkCommand, ServiceError>

    public init(
        declares: Reference?, purpose: PurposeCode?, command: Result<BulkCommand, ServiceError>
    ) {
        self.declares = declares
        self.purpose = purpose
        self.command = command
    }
}

/// One mutation of a bulk request, validated.
public struct BulkCommand: Sendable {
    public var operation: Operation
    public var idempotency: MutationCommand.Idempotency

    public init(operation: Operation, idempotency: MutationCommand.Idempotency) {
        self.operation = operation
        self.idempotency = idempotency
    }

    public enum Operation: Sendable {
        case createContact(ContactDraft)
        case addAttributes(Target, [AttributeDraft])
        case grantConsent(Target, ConsentDraft)
    }

    public enum Target: Sendable, Hashable {
        case contact(EntityID)
        /// A contact that an earlier line of the stream created.
        case ref(Reference)
    }

    /// Nil for a create.
    var target: Target? {
        switch operation {
        case .createContact: nil
        case .addAttributes(let target, _), .grantConsent(let target, _): target
        }
    }

    var ref: Reference? {
        if case .ref(let reference) = target { reference } else { nil }
    }
}

/// Reads lines; the public API knows their JSON.
public protocol BulkLineParser: Sendable {
    func parse(_ line: Data) -> ParsedLine
}

/// What became of one line.
public struct BulkResult: Sendable, Equatable {
    /// From 1.
    public let line: Int
    public let result: Result<MutationOutcome, ServiceError>
}
