import ArgumentParser

/// `--json`, shared by all commands that print facts.
struct OutputOptions: ParsableArguments {
    @Flag(help: "One JSON object on standard output; errors as one on standard error.")
    var json = false
}
