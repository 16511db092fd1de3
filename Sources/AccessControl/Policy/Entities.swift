/// What is known of a principal, an action, a resource, or whatever these belong to.
public struct Entity: Sendable {
    public let uid: EntityUID
    public let attributes: [PolicyText: PolicyValue]
    /// What it is `in` directly.
    public let parents: [EntityUID]

    public init(
        _ uid: EntityUID, attributes: [PolicyText: PolicyValue] = [:], parents: [EntityUID] = []
    ) {
        self.uid = uid
        self.attributes = attributes
        self.parents = parents
    }
}

/// The facts that a decision looks at: attributes, and who belongs to what. An entity that is not among them has no
/// attributes and is `in` itself alone.
public struct Entities: Sendable {
    struct Record: Sendable {
        let attributes: [PolicyText: PolicyValue]
        /// Direct and indirect, the entity itself left out.
        let ancestors: Set<EntityUID>
    }

    private let records: [EntityUID: Record]

    public init() { records = [:] }

    /// - Throws: `EntitiesError` when an entity comes twice, is its own ancestor, or there are too many.
    public init(_ entities: [Entity]) throws(EntitiesError) {
        guard entities.count <= PolicyLimits.entities else { throw .tooMany }
        var records: [EntityUID: Record] = [:]
        records.reserveCapacity(entities.count)
        for entity in entities {
            let record = Record(attributes: entity.attributes, ancestors: Set(entity.parents))
            guard records.updateValue(record, forKey: entity.uid) == nil else {
                throw .duplicate(entity.uid)
            }
        }
        var total = 0
        for entity in entities {
            // Most parents are roles, of which nothing more is known.
            if entity.parents.contains(where: { records[$0] != nil }) {
                let ancestors = Self.closure(of: entity.parents, records)
                records[entity.uid] = Record(attributes: entity.attributes, ancestors: ancestors)
            }
            let ancestors = records[entity.uid]?.ancestors ?? []
            guard !ancestors.contains(entity.uid) else { throw .cycle(entity.uid) }
            total += ancestors.count
            guard total <= PolicyLimits.ancestors else { throw .tooMany }
        }
        self.records = records
    }

    subscript(_ uid: EntityUID) -> Record? { records[uid] }

    private static func closure(
        of direct: [EntityUID], _ records: [EntityUID: Record]
    ) -> Set<EntityUID> {
        var found = Set(direct)
        var waiting = direct
        while let next = waiting.popLast() {
            for parent in records[next]?.ancestors ?? [] where found.insert(parent).inserted {
                waiting.append(parent)
            }
        }
        return found
    }
}

public enum EntitiesError: Error, Equatable, Sendable, CustomStringConvertible {
    case duplicate(EntityUID)
    case cycle(EntityUID)
    case tooMany

    public var description: String {
        switch self {
        case .duplicate(let uid): "\(uid) is described twice; describe it once"
        case .cycle(let uid): "\(uid) belongs to itself; take one of its parents away"
        case .tooMany:
            "more than \(PolicyLimits.entities) entities, or ancestors of all of them; send those that matter"
        }
    }
}
