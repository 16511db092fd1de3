import Glibc
import NIOCore
import NIOPosix

/// The file of a UNIX socket to listen on.
enum SocketFile {
    /// Who may connect: root, and the file's owner. Before a file of ours is made, that is this process's user.
    static func callers(
        at path: String, inherited: CInt?
    ) throws(FrameServerError) -> Set<uid_t> {
        guard inherited != nil else { return [getuid(), 0] }
        var info = stat()
        guard lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFSOCK else {
            throw FrameServerError(
                code: .notASocket,
                message: "a socket was handed over, and it is not the one at \(path)")
        }
        return [info.st_uid, 0]
    }

    /// Of mode 0600 from the moment anybody can call on it on.
    static func bind(_ bootstrap: ServerBootstrap, at path: String) async throws -> any Channel {
        let listener = try await bootstrap.bind(unixDomainSocketPath: path).get()
        guard chmod(path, 0o600) == 0 else {
            let reason = errno
            try? await listener.close()
            throw IOError(errnoCode: reason, reason: "chmod")
        }
        return listener
    }

    /// Removes what a killed process left at `path`, after trying whether somebody answers there.
    ///
    /// Two starting processes could still race here; the pid file's lock (``PidFile``) is what excludes that.
    static func makeWay(
        at path: String, group: any EventLoopGroup
    ) async throws(FrameServerError) {
        var info = stat()
        guard lstat(path, &info) == 0 else { return }
        guard info.st_mode & S_IFMT == S_IFSOCK else {
            throw FrameServerError(
                code: .notASocket, message: "\(path) exists and is not a socket; move it away")
        }
        guard await !answers(at: path, group: group) else {
            throw FrameServerError(
                code: .alreadyListening,
                message: "another process is listening on \(path); stop it first")
        }
        unlink(path)
    }

    /// Only a refused connection shows that nobody listens; when in doubt somebody does.
    private static func answers(at path: String, group: any EventLoopGroup) async -> Bool {
        do {
            let channel = try await ClientBootstrap(group: group)
                .connectTimeout(.seconds(2))
                .connect(unixDomainSocketPath: path).get()
            try? await channel.close()
            return true
        } catch {
            let errnoCode = (error as? IOError)?.errnoCode
            return errnoCode != ECONNREFUSED && errnoCode != ENOENT
        }
    }
}
