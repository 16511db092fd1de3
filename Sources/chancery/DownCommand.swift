import ArgumentParser

struct DownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down",
        abstract: "Stop gateway, ledger, keeper and software TPM, in this order.")

    @OptionGroup var options: HomeOptions

    @Flag(help: "Kill what has not ended after 10 s; the next start recovers.")
    var force = false

    func run() async throws {
        let home = try options.resolve()
        let console = Console()
        // Processes may outlive their directory (`rm -rf var`); then nobody else can hold its lock.
        let lock = Files.exists(home.run) ? try HomeLock(existing: home) : nil
        defer { withExtendedLifetime(lock) {} }
        let count =
            if let appliance = home.appliance {
                try await Units(home: home, appliance: appliance, console: console)
                    .down(force: force)
            } else {
                try await Stack(home: home, console: console).down(force: force)
            }
        console.say(count == 0 ? "nothing was running" : "stopped \(count) processes")
    }
}
