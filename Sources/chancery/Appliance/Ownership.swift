import Glibc
import ProcessBoundary

/// Whose a directory of an appliance is, and what others may do with it.
struct Ownership: Sendable, Equatable {
    let path: String
    let user: ServiceUser
    let group: String
    let mode: mode_t

    init(_ path: String, _ mode: mode_t, _ user: ServiceUser, group: String? = nil) {
        self.path = path
        self.user = user
        self.group = group ?? user.rawValue
        self.mode = mode
    }

    /// Makes the directory, or gives it back to whom it belongs. A symbolic link in its place is refused: a daemon that was taken
    /// over may have put it there.
    /// - Throws: `inputOutput`; `notInstalled` where a user is missing
    func ensure() throws(OperatorError) {
        let (owner, group) = (try user.id, try ServiceUser.group(group))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw .system("create", path, errno: errno)
        }
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("open", path, errno: errno) }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw .system("read", path, errno: errno) }
        if info.st_uid == owner, info.st_gid == group, info.st_mode & 0o7777 == mode { return }
        guard fchown(descriptor, owner, group) == 0, fchmod(descriptor, mode) == 0 else {
            throw .system("give away", path, errno: errno)
        }
    }

    /// Gives everything right below the directory, and it, to whom it belongs. Links are left alone.
    func giveAll() throws(OperatorError) {
        try ensure()
        let (owner, group) = (try user.id, try ServiceUser.group(group))
        for name in try Files.names(in: path) {
            try Self.give(path + "/" + name, owner, group)
        }
    }

    /// Gives a file to a user, and its group.
    static func give(_ file: String, to user: ServiceUser) throws(OperatorError) {
        try give(file, try user.id, try ServiceUser.group(user.rawValue))
    }

    private static func give(
        _ file: String, _ owner: uid_t, _ group: gid_t
    ) throws(OperatorError) {
        guard lchown(file, owner, group) == 0 else {
            throw .system("give away", file, errno: errno)
        }
    }
}
