import ArgumentParser

/// Loads for Chancery's processes, and the baselines that their figures are held against.
///
/// Each subcommand prints one line of JSON: `{"name":…,"perSecond":…,…}`, latencies in microseconds.
@main
struct ChanceryLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chancery-load",
        abstract: "Loads for Chancery's processes and the baselines beside them.",
        subcommands: [
            AppendsCommand.self, PostCommand.self, ReadCommand.self, BulkCommand.self,
            EraseCommand.self,
            FieldsCommand.self, SQLiteCommand.self, BareEndpointCommand.self,
        ])
}
