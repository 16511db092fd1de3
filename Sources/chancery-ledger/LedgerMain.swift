import ProcessBoundary

/// Hardens the process before it has a second thread, then reads the command line.
@main
enum LedgerMain {
    static func main() async {
        Daemon.begin(LedgerDaemon.name)
        await LedgerProgram.main()
    }
}
