import Foundation
import LedgerFormat
import Testing

@Suite struct SegmentSchemaTests {
    /// The law is FORMAT.md; the code must say the same to the byte.
    @Test func statementsAreThoseOfTheFormatPage() throws {
        let page = URL(filePath: #filePath).appending(
            path: "../../../Sources/LedgerFormat/FORMAT.md"
        ).standardizedFileURL
        let lines = try String(contentsOf: page, encoding: .utf8)
            .split(separator: "\n").map(String.init)
        let tables = lines.filter { $0.hasPrefix("CREATE TABLE ") }
        let triggers = lines.filter { $0.hasPrefix("CREATE TRIGGER T_") }
        #expect(tables == SegmentSchema.tableStatements)
        #expect(triggers.count == 2)
        let expected = SegmentSchema.tables.flatMap { table in
            triggers.map {
                $0.replacingOccurrences(of: "TRIGGER T_", with: "TRIGGER \(table)_")
                    .replacingOccurrences(of: " ON T ", with: " ON \(table) ")
            }
        }
        #expect(SegmentSchema.triggerStatements == expected)
        #expect(SegmentSchema.statements == tables + expected)
        for (table, statement) in zip(SegmentSchema.tables, tables) {
            #expect(statement.hasPrefix("CREATE TABLE \(table) "))
        }
        #expect(SegmentSchema.applicationID == 0x4348_4E43)
    }

    @Test func fileNamesHaveEightDigits() {
        #expect(SegmentSchema.fileName(segment: 1) == "segment-00000001.sqlite")
        #expect(SegmentSchema.manifestName(segment: 99_999_999) == "segment-99999999.manifest")
        for number in [1, 42, 99_999_999] as [UInt64] {
            #expect(
                SegmentSchema.segment(fileName: SegmentSchema.fileName(segment: number)) == number)
            #expect(
                SegmentSchema.segment(manifestName: SegmentSchema.manifestName(segment: number))
                    == number)
        }
    }

    @Test(arguments: [
        "", "segment-1.sqlite", "segment-00000000.sqlite", "segment-000000001.sqlite",
        "segment-0000000a.sqlite", "segment-00000001.sqlite-wal", "segment-00000001.manifest",
        "Segment-00000001.sqlite", "../segment-00000001.sqlite", "segment-+0000001.sqlite",
        "segment-00000001.sqlite ",
    ]) func otherNamesAreNoSegments(name: String) {
        #expect(SegmentSchema.segment(fileName: name) == nil)
    }
}
