import Foundation
import Glibc
import ProcessBoundary
import Testing

@Suite struct SystemFileTests {
    @Test func replacedFileIsWholePrivateAndLeavesNothingBeside() throws {
        let directory = try TestDirectory()
        let path = directory.path + "/file"
        try SystemFile.replace(Array("old".utf8), at: path, mode: 0o644)
        try SystemFile.replace(Array("new one".utf8), at: path)
        #expect(try SystemFile.read(path, limit: 7) == Array("new one".utf8))
        var info = stat()
        #expect(stat(path, &info) == 0 && info.st_mode & 0o777 == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["file"])
    }

    @Test func modeIsWhatWasAskedWhateverTheUmask() throws {
        let directory = try TestDirectory()
        try SystemFile.write([1], to: directory.path + "/public", mode: 0o666)
        var info = stat()
        #expect(stat(directory.path + "/public", &info) == 0 && info.st_mode & 0o777 == 0o666)
    }

    @Test func failureKeepsTheOldFileAndNamesStepFileAndCause() throws {
        let directory = try TestDirectory()
        let path = directory.path + "/taken"
        // A directory that is not empty cannot be renamed over.
        try FileManager.default.createDirectory(
            atPath: path + "/inside", withIntermediateDirectories: true)
        let error = #expect(throws: SystemError.self) { try SystemFile.replace([1], at: path) }
        #expect(error?.attempt == "rename" && error?.number == EISDIR)
        #expect(error?.description.contains(path) == true)
        #expect(SystemFile.exists(path + "/inside"))
        #expect(!SystemFile.exists(path + ".tmp"))
    }

    @Test func plantedLinkIsNotFollowed() throws {
        let directory = try TestDirectory()
        let target = directory.path + "/target"
        try SystemFile.write([7], to: target)
        let link = directory.path + "/link"
        #expect(symlink(target, link) == 0 && symlink(target, link + ".tmp") == 0)
        #expect(throws: SystemError.self) { try SystemFile.replace([1], at: link) }
        #expect(throws: SystemError.self) { try SystemFile.read(link, limit: 10) }
        #expect(try SystemFile.read(target, limit: 10) == [7])
    }

    @Test func largerFileThanAllowedIsRefused() throws {
        let directory = try TestDirectory()
        let path = directory.path + "/large"
        let bytes = [UInt8](repeating: 7, count: 200_000)
        try SystemFile.write(bytes, to: path)
        #expect(try SystemFile.read(path, limit: 200_000) == bytes)
        for limit in [0, 1, 65_536, 199_999] {
            let error = #expect(throws: SystemError.self) {
                try SystemFile.read(path, limit: limit)
            }
            #expect(error?.number == EFBIG, "\(limit)")
        }
    }

    @Test func removingWhatIsNotThereIsFine() throws {
        let directory = try TestDirectory()
        try SystemFile.remove(directory.path + "/nothing")
        let error = #expect(throws: SystemError.self) { try SystemFile.remove(directory.path) }
        #expect(error?.attempt == "remove")
    }

    @Test(arguments: [("/a/b", "/a"), ("/a", "/"), ("a", "."), ("a/b/c", "a/b")])
    func directoryOfAPath(path: String, directory: String) {
        #expect(SystemFile.directory(of: path) == directory)
    }

    @Test(arguments: [true, false]) func aLockIsHeldByOneUntilItIsReleased(_ onFile: Bool) throws {
        let directory = try TestDirectory()
        let path = directory.path + (onFile ? "/lock" : "")
        func take() throws -> FileLock? {
            onFile ? try FileLock(file: path) : try FileLock(directory: path)
        }
        var first = try take()
        #expect(first != nil)
        #expect(try take() == nil)
        first?.release()
        first = try take()
        #expect(first != nil)
        first = nil
        #expect(try take() != nil)
        #expect(throws: SystemError.self) { try FileLock(directory: path + "/none") }
    }
}
