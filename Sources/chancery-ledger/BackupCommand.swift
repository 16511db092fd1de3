import ArgumentParser
import ProcessBoundary

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the segments; the ledger may run.")

    @Option(help: "Data directory.")
    var home: String
    @Option(help: "An existing directory.")
    var to: String

    func run() async {
        do {
            let copy = SegmentsCopy(source: HomeLayout(home).ledgerDirectory, target: to)
            print("\(try copy.run()) segments copied")
        } catch {
            Daemon.exit(LedgerDaemon.name, error)
        }
    }
}
