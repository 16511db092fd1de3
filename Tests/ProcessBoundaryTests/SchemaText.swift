import Foundation

@testable import ProcessBoundary

/// The messages of our .proto files, as far as a shape needs them.
struct SchemaText {
    private struct Field {
        let isRepeated: Bool
        let type: String
        let number: UInt64
    }

    private var messages: [String: [Field]] = [:]

    init() throws {
        let protos = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/ProcessBoundary/Protos").standardized
        for name in ["shared", "keeper", "ledger"] {
            let text = try String(
                contentsOf: protos.appending(path: "\(name).proto"), encoding: .utf8)
            read(text)
        }
    }

    private mutating func read(_ text: String) {
        var message = ""
        let field = /^(?<label>repeated |optional )?(?<type>[\w.]+) \w+ = (?<number>\d+);/
        for line in text.split(separator: "\n") {
            let line = line.trimmingPrefix { $0 == " " }
            if line.hasPrefix("message "), let name = line.split(separator: " ").dropFirst().first {
                message = String(name)
                messages[message] = []
            } else if let found = line.prefixMatch(of: field), let number = UInt64(found.number) {
                let type = found.type.split(separator: ".").last.map(String.init) ?? ""
                messages[message]?.append(
                    Field(isRepeated: found.label == "repeated ", type: type, number: number))
            }
        }
    }

    /// Of the message `name`; nil when there is none.
    func shape(of name: String) -> WireShape? {
        guard let fields = messages[name] else { return nil }
        var shape: [UInt64: WireShape.Field] = [:]
        for field in fields {
            let inner = self.shape(of: field.type)
            switch (inner, field.isRepeated) {
            case (let inner?, true): shape[field.number] = .messages(inner)
            case (let inner?, false):
                if !inner.fields.isEmpty { shape[field.number] = .message(inner) }
            case (nil, true): shape[field.number] = .elements
            case (nil, false): break
            }
        }
        return WireShape(shape)
    }
}
