import Testing

@testable import KeyCustody

@Suite struct SealedRootTests {
    private let root = SealedRoot(
        epoch: 7, counter: TPMCounter(handle: 9, name: [8]), parentName: [1, 2],
        publicArea: [3, 4, 5], privateArea: [6])

    @Test func fileReadsBack() throws {
        #expect(try SealedRoot(fileBytes: root.fileBytes) == root)
    }

    @Test func everyTruncationIsRefused() {
        let bytes = root.fileBytes
        for length in 0..<bytes.count {
            #expect(throws: TPMError.self) {
                try SealedRoot(fileBytes: Array(bytes.prefix(length)))
            }
        }
        #expect(throws: TPMError.self) { try SealedRoot(fileBytes: bytes + [0]) }
    }

    @Test func hugeLengthIsRefused() {
        var bytes = root.fileBytes
        bytes.replaceSubrange(24..<28, with: [0xFF, 0xFF, 0xFF, 0xFF])
        #expect(throws: TPMError.self) { try SealedRoot(fileBytes: bytes) }
    }

    @Test func newerVersionIsNamed() {
        var bytes = root.fileBytes
        bytes[11] = 4
        let error = #expect(throws: TPMError.self) { try SealedRoot(fileBytes: bytes) }
        #expect(error?.hint.contains("version 4") == true)
    }
}
