import ContactModel
import ContactServices

/// Bodies of the steps of a data subject's request.
enum RequestWorkRequest {
    /// `{method, evidenceRef?}`
    static func identity(_ reader: inout ObjectReader) throws(ServiceError) -> RequestWork {
        let raw = try reader.string("method")
        let evidence = try DSRRequest.words("evidenceRef", in: &reader)
        try reader.finish()
        let method = try reader.checked("method") { () throws(ValidationError) in
            try IdentityCheck(raw)
        }
        return .verifyIdentity(method, evidence: evidence)
    }

    /// `{}`
    static func start(_ reader: inout ObjectReader) throws(ServiceError) -> RequestWork {
        try reader.finish()
        return .start
    }

    /// `{reason}`
    static func extend(_ reader: inout ObjectReader) throws(ServiceError) -> RequestWork {
        .extend(try reason(&reader))
    }

    /// `{reasons?, attributes?}`: reasons make it a partial answer, attributes are what a correction brings.
    static func complete(_ reader: inout ObjectReader) throws(ServiceError) -> RequestWork {
        let raw = try reader.optionalStrings("reasons", limit: DSRCase.mostReasons) ?? []
        let attributes = try AttributeRequest.list(
            try reader.objects("attributes", limit: ModelLimits.attributesPerRequest))
        try reader.finish()
        guard attributes.count <= ModelLimits.attributesPerRequest else {
            throw ServiceError(
                .invalidAttributes, "A request carries at most 64 attributes.",
                pointer: "/attributes")
        }
        return .complete(reasons: try reasons(raw), corrections: attributes)
    }

    /// `{reasons}`
    static func refuse(_ reader: inout ObjectReader) throws(ServiceError) -> RequestWork {
        let raw = try reader.strings("reasons", limit: DSRCase.mostReasons)
        try reader.finish()
        return .refuse(try reasons(raw))
    }

    /// `{reason}`
    static func cancel(_ reader: inout ObjectReader) throws(ServiceError) -> RequestWork {
        .cancel(try reason(&reader))
    }

    /// `{}`
    static func lift(_ reader: inout ObjectReader) throws(ServiceError) -> RequestWork {
        try reader.finish()
        return .lift
    }

    private static func reason(_ reader: inout ObjectReader) throws(ServiceError) -> DSRReason {
        let raw = try reader.string("reason")
        try reader.finish()
        return try reason(raw, at: "/reason")
    }

    private static func reasons(_ raw: [String]) throws(ServiceError) -> [DSRReason] {
        var reasons: [DSRReason] = []
        for (index, text) in raw.enumerated() {
            reasons.append(try reason(text, at: "/reasons/\(index)"))
        }
        return reasons
    }

    private static func reason(
        _ raw: String, at pointer: String
    ) throws(ServiceError) -> DSRReason {
        guard let reason = DSRReason(rawValue: raw) else {
            throw ServiceError(
                .invalidReason,
                "A reason is one of \(DSRReason.allCases.map(\.rawValue).joined(separator: ", ")).",
                pointer: pointer)
        }
        return reason
    }
}
