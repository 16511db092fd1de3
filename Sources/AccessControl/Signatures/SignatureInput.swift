import FoundationEssentials
import RawStructuredFieldValues

/// The one member of `Signature-Input` (RFC 9421, section 4.1): what is covered, and the signature's parameters.
struct SignatureInput {
    let label: String
    let components: [String]
    /// Unix seconds.
    let created: Int64
    let expires: Int64?
    let nonce: String
    /// base64url of the certificate's SHA-256, as in the token's `cnf`.
    let keyID: String
    let algorithm: String
    /// Nil where there is none.
    let tag: String?
    /// The member's value as it was sent: the value of `@signature-params` (section 2.3).
    let parameters: String

    /// - Throws: `SignatureRefusal`
    init(_ text: String) throws(SignatureRefusal) {
        guard text.utf8.count <= SignatureLimits.fieldBytes else { throw .malformed }
        var parser = StructuredFieldValueParser(Array(text.utf8))
        guard let members = try? parser.parseDictionaryFieldValue(), members.count == 1,
            let member = members.first, case .innerList(let list) = member.1,
            let equals = text.firstIndex(of: "=")
        else { throw .malformed }
        label = member.0
        parameters = text[text.index(after: equals)...].trimming(" ")
        var components: [String] = []
        for item in list.bareInnerList {
            // A parameter would change what the component means (`;req`, `;sf`, …).
            guard case .string(let name) = item.rfc9651BareItem, item.rfc9651Parameters.isEmpty
            else { throw .malformed }
            components.append(name)
        }
        self.components = components
        var values: [String: RFC9651BareItem] = [:]
        for (name, value) in list.rfc9651Parameters { values[name] = value }
        let known: Set = ["created", "expires", "nonce", "keyid", "alg", "tag"]
        guard Set(values.keys).isSubset(of: known),
            case .integer(let created)? = values["created"],
            case .string(let nonce)? = values["nonce"],
            case .string(let keyID)? = values["keyid"],
            case .string(let algorithm)? = values["alg"]
        else { throw .malformed }
        switch values["tag"] {
        case nil: tag = nil
        case .string(let text): tag = text
        default: throw .malformed
        }
        switch values["expires"] {
        case nil: expires = nil
        case .integer(let time): expires = time
        default: throw .malformed
        }
        guard SignatureLimits.nonceBytes.contains(nonce.utf8.count) else { throw .nonce }
        self.created = created
        self.nonce = nonce
        self.keyID = keyID
        self.algorithm = algorithm
    }

    /// The member of `Signature` with the same label: a byte sequence (section 4.2).
    func signature(in text: String) throws(SignatureRefusal) -> [UInt8] {
        guard text.utf8.count <= SignatureLimits.fieldBytes else { throw .malformed }
        var parser = StructuredFieldValueParser(Array(text.utf8))
        guard let members = try? parser.parseDictionaryFieldValue(), members.count == 1,
            let member = members.first, member.0 == label, case .item(let item) = member.1,
            case .undecodedByteSequence(let encoded) = item.rfc9651BareItem,
            let bytes = Data(base64Encoded: encoded)
        else { throw .malformed }
        return Array(bytes)
    }
}

extension Substring {
    fileprivate func trimming(_ character: Character) -> String {
        var rest = self
        while rest.first == character { rest.removeFirst() }
        while rest.last == character { rest.removeLast() }
        return String(rest)
    }
}
