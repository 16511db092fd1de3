import GRDB

extension DatabaseError {
    /// The file holds something else than what was written; trying again does not help.
    var isDamage: Bool {
        [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(resultCode)
    }
}
