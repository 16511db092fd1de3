import Foundation
import ProcessBoundary

/// Why a process that runs must make way for a new one.
enum Staleness: String, Sendable {
    /// Its pid file is gone, or names another process: somebody deleted the directory under it. What it still serves from
    /// lies in no file that has a name.
    case filesGone = "its files were deleted under it"
    case olderBuild = "it runs an older build"

    /// Nil: it runs what it should, where it should.
    static func of(
        _ process: RunningProcess, daemon: DaemonKind, home: Home, binaries: Binaries
    ) -> Staleness? {
        let owner = PidFile.owner(of: home.layout.pidFile(daemon.rawValue))
        guard let owner, owner.pid == process.pid else { return .filesGone }
        let installed = ProgramVersion(ofFile: binaries.directory + "/" + daemon.rawValue)
        return owner.program == installed ? nil : .olderBuild
    }
}
