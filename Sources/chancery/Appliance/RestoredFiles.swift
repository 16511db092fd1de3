import ProcessBoundary

/// Files of a restore that is whole, on their way into a data directory whose parts are there already.
struct RestoredFiles {
    let staging: String
    let keys: String
    let ledger: String

    /// Keys first: the keeper would take a ledger without any for a first start. Interrupted, it is run again and moves the rest. Nothing
    /// that is there already is replaced.
    func move() throws(OperatorError) {
        for (part, target) in [("keys", keys), ("ledger", ledger)] {
            let source = staging + "/" + part
            guard Files.exists(source) else { continue }
            for name in try Files.names(in: source) {
                guard !Files.exists("\(target)/\(name)") else {
                    throw OperatorError(
                        .refused, "\(target)/\(name) is there, and would be replaced.",
                        next: "Move \(target)/* away, then run the same `chancery restore` again.")
                }
                do throws(SystemError) {
                    try SystemFile.rename("\(source)/\(name)", to: "\(target)/\(name)")
                } catch {
                    throw .system(error)
                }
            }
        }
    }
}
