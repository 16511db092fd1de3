import ProcessBoundary

/// Hardens the process on its first thread, before there is any other (no_new_privs holds for a thread and
/// those it starts), then reads the command line.
@main
enum KeeperMain {
    static func main() async {
        do throws(SandboxError) {
            try Sandbox.harden()
        } catch {
            Daemon.exit(KeeperProcess.name, error)
        }
        await KeeperCommand.main()
    }
}
