internal import ArgumentParser
internal import Foundation

// ArgumentParser ends with 64 on wrong usage; our documented code for that is 2.
do {
    let command = try VerifyCommand.parse()
    exit(await command.verify().rawValue)
} catch {
    if VerifyCommand.exitCode(for: error) == .success { VerifyCommand.exit(withError: error) }
    FileHandle.standardError.write(Data((VerifyCommand.fullMessage(for: error) + "\n").utf8))
    exit(ExitStatus.unusable.rawValue)
}
