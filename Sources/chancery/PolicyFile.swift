import AccessControl
import Foundation
import ProcessBoundary

/// Policy sets and case files as the `policy` verbs take them.
enum PolicyFile {
    /// What a place in the set that is compiled in is told with.
    static let defaultName = "policies/default.cedar"

    private static let bytes = 1 << 20

    /// - Parameter path: nil for the set that is compiled in.
    /// - Throws: `badInput` naming file, line and column.
    static func load(_ path: String?) throws(OperatorError) -> PolicySet {
        if let path {
            try read(try text(path), from: path)
        } else {
            try read(PolicySet.defaultText, from: nil)
        }
    }

    /// - Parameter path: nil for the set that is compiled in.
    static func read(_ text: String, from path: String?) throws(OperatorError) -> PolicySet {
        do throws(PolicySyntaxError) {
            return try PolicySet(text)
        } catch {
            throw OperatorError(
                .badInput, "\(path ?? defaultName):\(error)",
                next: "Correct the policy, then run this again.")
        }
    }

    /// - Throws: `badInput` for bytes that are no case.
    static func loadCase(_ path: String) throws(OperatorError) -> PolicyCase {
        let data = Data(try contents(path))
        do {
            return try JSONDecoder().decode(PolicyCase.self, from: data)
        } catch {
            throw OperatorError(
                .badInput, "\(path) is no case: \(explanation(of: error))",
                next: "Compare it with those in policies/cases.")
        }
    }

    /// The case files right below a directory, sorted; none where it does not exist.
    static func cases(in directory: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted().map { directory + "/" + $0 }
    }

    static func text(_ path: String) throws(OperatorError) -> String {
        guard let text = String(validating: try contents(path), as: UTF8.self) else {
            throw OperatorError(
                .badInput, "\(path) is no text in UTF-8.", next: "Save it in that encoding.")
        }
        return text
    }

    private static func contents(_ path: String) throws(OperatorError) -> [UInt8] {
        do throws(SystemError) {
            return Array(try SystemFile.read(path, limit: bytes))
        } catch { throw .system(error) }
    }

    private static func explanation(of error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        switch error {
        case .dataCorrupted(let context), .keyNotFound(_, let context),
            .typeMismatch(_, let context),
            .valueNotFound(_, let context):
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return path.isEmpty
                ? context.debugDescription : "\(path): \(context.debugDescription)"
        @unknown default: return "\(error)"
        }
    }
}
