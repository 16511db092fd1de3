import Foundation
import LedgerFormat

/// Ledgers and trust files that a lax reader takes.
enum PythonDisagreement: CaseIterable {
    case knownKeySignsTwice
    case announcementIsNotCanonical
    case sealNamesNoNumber
    case sealIsAList
    case sealOfThisSegment
    case noSignatureAtAll
    case laterSegmentSignedOverAnUnsignedHead
    case clockCorrectionInAnotherStream
    case trustMemberTwice
    case trustMemberWithEscape
    case trustNumberWithFraction
    case trustKeyTwice
    case trustOriginWithSpace
    case trustGenerationThatIsNotHere
    case manifestRemoved
    case logWithoutSegment
    case segmentIsALink
    case manifestIsALink
    case journalNamesAnotherFile
    case journalBesideEntries
    case publishedAtNoBoundary

    /// The entry to blame.
    var index: UInt64? {
        switch self {
        case .announcementIsNotCanonical, .sealNamesNoNumber, .sealIsAList, .sealOfThisSegment,
            .noSignatureAtAll, .laterSegmentSignedOverAnUnsignedHead, .publishedAtNoBoundary:
            2
        case .clockCorrectionInAnotherStream: 3
        default: nil
        }
    }

    func make() throws -> LedgerFixture {
        let fixture = try LedgerFixture()
        try fixture.begin()
        if self != .noSignatureAtAll { try fixture.activateKeys() }
        switch self {
        case .knownKeySignsTwice:
            try fixture.group([.audit()])
            let note = try Test.unwrap(fixture.notes[3])
            let line = note.suffix(from: (note.lastIndex(of: 0xE2) ?? 0))
            try fixture.publish(note + line)
        case .announcementIsNotCanonical:
            var draft = try EntryDraft.activated(fixture.keys.logKey())
            draft.payload = Array("{ ".utf8) + (draft.payload ?? []).dropFirst()
            try fixture.group([draft])
        case .sealNamesNoNumber:
            var draft = try EntryDraft.sealed(0, manifestHash: .zero)
            draft.payload = Array(#"{"manifestHash":"00","segment":[]}"#.utf8)
            try fixture.group([draft])
        case .sealIsAList:
            var draft = try EntryDraft.sealed(0, manifestHash: .zero)
            draft.payload = Array("[1]".utf8)
            try fixture.group([draft])
        case .sealOfThisSegment:
            try fixture.group([.sealed(1, manifestHash: .zero)])
        case .noSignatureAtAll:
            try fixture.group(
                [
                    .activated(fixture.keys.logKey()), .activated(fixture.keys.manifestKey()),
                    .audit(),
                ], signed: false)
        case .laterSegmentSignedOverAnUnsignedHead:
            try fixture.group([.audit()], signed: false)
            try fixture.close()
            try fixture.begin()
            try fixture.group([.audit()])
        case .clockCorrectionInAnotherStream:
            var late = EntryDraft.audit()
            late.type = "ClockCorrected"
            late.step = -1
            try fixture.group([.audit(), late])
        case .manifestRemoved:
            try fixture.seal()
            try FileManager.default.removeItem(atPath: fixture.manifestPath(1))
        case .logWithoutSegment:
            try fixture.write([1], to: fixture.path(2) + "-wal")
        case .segmentIsALink:
            try fixture.close()
            let target = fixture.directory.file("target")
            try fixture.rename(fixture.path(1), to: target)
            try FileManager.default.createSymbolicLink(
                atPath: fixture.path(1), withDestinationPath: target)
        case .manifestIsALink:
            try fixture.seal()
            let target = fixture.directory.file("target")
            try fixture.rename(fixture.manifestPath(1), to: target)
            try FileManager.default.createSymbolicLink(
                atPath: fixture.manifestPath(1), withDestinationPath: target)
        case .journalNamesAnotherFile:
            try fixture.seal()
            try fixture.begin()
            try fixture.close()
            let target = fixture.directory.file("target")
            try fixture.write([1], to: target)
            try fixture.leaveHotJournal(2, superJournal: target)
        case .journalBesideEntries:
            try fixture.write([1, 2, 3], to: fixture.path(1) + "-journal")
        case .publishedAtNoBoundary:
            try fixture.group([.audit()])
            try fixture.publish()
            try fixture.group([.audit()])
            try fixture.close()
            // The group merges with the next.
            try fixture.rewrite(1) { db in
                for table in ["boundary", "checkpoint"] {
                    try db.execute(sql: "DELETE FROM \(table) WHERE size = 3")
                }
            }
        default:
            try changeTrust(fixture)
        }
        try fixture.close()
        return fixture
    }

    private func changeTrust(_ fixture: LedgerFixture) throws {
        var text = String(decoding: try fixture.bytes(fixture.trustPath), as: UTF8.self)
        func replace(_ part: String, _ other: String) {
            text = text.replacingOccurrences(of: part, with: other)
        }
        switch self {
        case .trustMemberTwice:
            replace("\"fromSize\" : 0,", "\"fromSize\" : 7, \"fromSize\" : 0,")
        case .trustMemberWithEscape: replace("\"origin\" :", "\"\\u006frigin\" :")
        case .trustNumberWithFraction: replace("\"fromSize\" : 0,", "\"fromSize\" : 0.0,")
        case .trustOriginWithSpace: replace("test.localhost/g1", "te st.localhost/g1")
        case .trustKeyTwice:
            let keys = fixture.trust.generations[0].keys
            let one = String(decoding: try JSONEncoder().encode(keys[0]), as: UTF8.self)
            replace("\"keys\" : [", "\"keys\" : [\(one),")
        case .trustGenerationThatIsNotHere:
            let more = #"{"generation":2,"keys":[],"origin":"test.localhost/g2"}"#
            let end = try Test.unwrap(text.range(of: "]", options: .backwards))
            text.replaceSubrange(end, with: ",\(more)]")
        default: break
        }
        try fixture.write(Array(text.utf8), to: fixture.trustPath)
    }
}
