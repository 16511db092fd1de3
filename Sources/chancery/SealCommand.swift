import ArgumentParser
import Foundation

struct SealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal", abstract: "Close the active segment: final file, manifest, signature.",
        discussion: "JSON (--json): {segment, firstIndex, count, manifestHash}.")

    @OptionGroup var options: HomeOptions

    @Option(help: "Base URL of the gateway.")
    var url: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let home = try options.existing()
        let sealed = try await Sealing(home: home, base: try Endpoint.base(flag: url, home: home))
            .seal()
        try Console().report(sealed.line, json: output.json ? sealed : nil)
    }
}
