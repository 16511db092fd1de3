import ArgumentParser
import Foundation

struct SealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal", abstract: "Close the active segment: final file, manifest, signature.")

    @OptionGroup var options: HomeOptions

    @Option(help: "Base URL of the gateway.")
    var url: String?

    func run() async throws {
        let home = try options.existing()
        let sealed = try await Sealing(home: home, base: try Endpoint.base(flag: url, home: home))
            .seal()
        Console().say(sealed.line)
    }
}
