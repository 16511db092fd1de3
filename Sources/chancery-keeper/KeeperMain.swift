import ProcessBoundary

/// Hardens the process before it has a second thread, then reads the command line.
@main
enum KeeperMain {
    static func main() async {
        Daemon.begin(KeeperProcess.name)
        Daemon.shareHeaps()
        await KeeperCommand.main()
    }
}
