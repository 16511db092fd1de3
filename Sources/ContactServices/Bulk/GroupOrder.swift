/// The groups of a stream in flight, and which of them a new one must wait for.
struct GroupOrder {
    private struct Running {
        let footprint: GroupFootprint
        let task: BulkRun.GroupTask
    }

    private var running: [Int: Running] = [:]
    /// The newest group that touches an item; it has waited for those before it.
    private var newest: [GroupFootprint.Item: Int] = [:]

    /// Forgets the groups up to this number: they have ended.
    mutating func retire(through number: Int) {
        for (group, entry) in running where group <= number {
            for item in entry.footprint.items where newest[item] == group { newest[item] = nil }
            running[group] = nil
        }
    }

    func mustPrecede(_ footprint: GroupFootprint) -> [BulkRun.GroupTask] {
        var groups = Set(footprint.items.compactMap { newest[$0] })
        for (group, entry) in running where footprint.mayShareUnseen(with: entry.footprint) {
            groups.insert(group)
        }
        return groups.compactMap { running[$0]?.task }
    }

    mutating func add(_ group: Int, _ footprint: GroupFootprint, _ task: BulkRun.GroupTask) {
        running[group] = Running(footprint: footprint, task: task)
        for item in footprint.items { newest[item] = group }
    }
}
