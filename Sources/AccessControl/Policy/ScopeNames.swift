/// The entities and types that scopes name, each with a number. A principal's groups are looked up once for a decision; every
/// policy's scope is then a comparison of integers.
struct ScopeNames {
    private var uids: [EntityUID: UInt32] = [:]
    private var types: [PolicyText: UInt32] = [:]

    mutating func number(of uid: EntityUID) -> UInt32 {
        let number = uids[uid] ?? UInt32(uids.count)
        uids[uid] = number
        return number
    }

    mutating func number(ofType type: String) -> UInt32 {
        let type = PolicyText(type)
        let number = types[type] ?? UInt32(types.count)
        types[type] = number
        return number
    }

    /// The principal or the resource of a request, as scopes see it.
    struct Subject {
        /// nil: no scope names it.
        fileprivate let number: UInt32?
        fileprivate let type: UInt32?
        /// Itself and what it is in, as far as scopes name it.
        fileprivate let groups: [UInt32]
    }

    func subject(_ uid: EntityUID, _ record: Entities.Record?) -> Subject {
        let number = uids[uid]
        var groups = number.map { [$0] } ?? []
        if let record {
            for ancestor in record.ancestors {
                if let number = uids[ancestor] { groups.append(number) }
            }
        }
        return Subject(number: number, type: types[uid.type], groups: groups)
    }
}

extension PolicyRule.Scope {
    func fits(_ subject: borrowing ScopeNames.Subject) -> Bool {
        switch self {
        case .any: true
        case .equal(let number): subject.number == number
        case .member(let group): subject.groups.contains(group)
        case .type(let type): subject.type == type
        case .typeMember(let type, let group):
            subject.type == type && subject.groups.contains(group)
        }
    }
}
