import ContactModel
import ContactServices

/// A page of provenance in PROV-JSON (W3C Member Submission of 24 April 2013), for tools that know the W3C's data model and not ours:
///
/// | PROV | here |
/// |---|---|
/// | entity | an attribute |
/// | activity | a provenance record, with its entry and its hash |
/// | agent | the source, and the principal that recorded it |
/// | wasGeneratedBy, wasAttributedTo | attribute → record, attribute → source |
/// | wasAssociatedWith, wasInformedBy | record → principal, record → the record before |
enum ProvDocument {
    /// No type is registered; this is what implementations agree on.
    static let mediaType = "application/prov+json"

    static func json(_ view: ProvenanceView) -> JSONValue {
        var document = Parts()
        var before: (place: [UInt64], name: String)?
        for record in view.records {
            let activity = "chancery:provenance/\(record.id)"
            let source = agent(record, of: view.contact)
            let principal = "chancery:principal/\(local(record.recordedBy))"
            document.add("activity", activity, Self.activity(record))
            document.add("agent", source.name, source.value)
            document.add("agent", principal, .object([]))
            document.relate(
                "wasAssociatedWith", ["prov:activity": activity, "prov:agent": principal])
            if let previous = record.previous, let before,
                before.place == [record.generation, previous.index]
            {
                document.relate(
                    "wasInformedBy", ["prov:informed": activity, "prov:informant": before.name])
            }
            for attribute in record.attributes {
                let entity = "chancery:attribute/\(attribute.id)"
                document.add(
                    "entity", entity, .fields(["chancery:attributeType": .text(attribute.type)]))
                document.relate(
                    "wasGeneratedBy",
                    [
                        "prov:entity": entity, "prov:activity": activity,
                        "prov:time": record.recordedAt,
                    ])
                document.relate(
                    "wasAttributedTo", ["prov:entity": entity, "prov:agent": source.name])
            }
            before = ([record.generation, record.index], activity)
        }
        return document.json
    }

    private static func activity(_ record: ProvenanceRecordView) -> JSONValue {
        .fields([
            "prov:startTime": .string(record.recordedAt),
            "prov:endTime": .string(record.recordedAt),
            "chancery:sourceType": .string(record.sourceType.rawValue),
            "chancery:attributedDataHash": .text(record.dataHash),
            "chancery:attributedDataSalt": .text(record.dataSalt?.base64EncodedString()),
            "chancery:generation": .integer(record.generation),
            "chancery:index": .integer(record.index),
            "chancery:leafHash": .string(record.leafHash),
        ])
    }

    private static func agent(
        _ record: ProvenanceRecordView, of contact: EntityID
    ) -> (name: String, value: JSONValue) {
        let isPerson = record.sourceIdentity == nil
        return (
            record.sourceIdentity.map { "chancery:source/\(local($0))" }
                ?? "chancery:contact/\(contact.text)",
            .fields([
                "prov:type": .fields([
                    "$": .string(isPerson ? "prov:Person" : "prov:SoftwareAgent"),
                    "type": .string("prov:QUALIFIED_NAME"),
                ])
            ])
        )
    }

    /// Names are of `[A-Za-z0-9._:-]`, of which a local name takes all but the colon as it stands.
    private static func local(_ name: String) -> String { name.replacing(":", with: "%3A") }

    /// Of a document, in the order in which they came, each name once.
    private struct Parts {
        private static let kinds = [
            "entity", "activity", "agent", "wasGeneratedBy", "wasAttributedTo",
            "wasAssociatedWith", "wasInformedBy",
        ]

        private var members: [String: [JSONMember]] = [:]
        private var names: Set<String> = []
        private var relations = 0

        mutating func add(_ kind: String, _ name: String, _ value: JSONValue) {
            guard names.insert(name).inserted else { return }
            members[kind, default: []].append(JSONMember(name, value))
        }

        mutating func relate(_ kind: String, _ ends: KeyValuePairs<String, String>) {
            relations += 1
            members[kind, default: []].append(
                JSONMember(
                    "_:r\(relations)", .object(ends.map { JSONMember($0, .string($1)) })))
        }

        var json: JSONValue {
            let prefix = JSONMember("prefix", .fields(["chancery": .string("urn:chancery:")]))
            return .object(
                [prefix]
                    + Self.kinds.compactMap { kind in
                        members[kind].map { JSONMember(kind, .object($0)) }
                    })
        }
    }
}
