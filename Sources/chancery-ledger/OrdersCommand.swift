import ArgumentParser
import ContactModel
import Foundation
import GRDB
import LedgerFormat
import LedgerStore
import ProcessBoundary

/// What the keeper has to follow before a restored directory is served: whose end the ledger ordered, ever.
struct OrdersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders",
        abstract: "List the subjects that a copy of the segments orders to erase. Verify it before."
    )

    @Option(help: "Directory of segments that no ledger uses.")
    var ledger: String
    @Option(help: "File for the list.")
    var out: String

    func run() async {
        do {
            let orders = try Self.orders(in: ledger)
            try SystemFile.replace(orders.serializedBytes() as [UInt8], at: out)
        } catch {
            Daemon.exit(LedgerDaemon.name, error)
        }
    }

    static func orders(in directory: String) throws -> WireOrderedErasures {
        var orders = WireOrderedErasures()
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        for number in names.compactMap({ SegmentSchema.segment(fileName: $0) }).sorted() {
            var configuration = Configuration()
            configuration.readonly = true
            let path = "\(directory)/\(SegmentSchema.fileName(segment: number))"
            let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
            // Nobody writes to it, and nothing is to be made beside it.
            let queue = try DatabaseQueue(
                path: "file:\(escaped)?immutable=1", configuration: configuration)
            defer { try? queue.close() }
            try queue.read { db in try add(&orders, db) }
        }
        return orders
    }

    private static func add(_ orders: inout WireOrderedErasures, _ db: Database) throws {
        let segment = try Row.fetchOne(db, sql: "SELECT generation, first_index FROM segment")
        let last = try Int64.fetchOne(db, sql: "SELECT max(idx) FROM entry")
        guard let segment else { return }
        orders.generation = UInt64(clamping: segment["generation"] as Int64)
        orders.size = UInt64(clamping: last.map { $0 + 1 } ?? segment["first_index"])
        // The type stands in the header's own bytes; the header decides.
        let rows = try Data.fetchCursor(
            db, sql: "SELECT header FROM entry WHERE instr(header, CAST(? AS BLOB)) > 0",
            arguments: ["\"\(ErasureOrdered.type)\""])
        while let bytes = try rows.next() {
            let header = try EntryHeader(canonical: bytes)
            guard header.stream.rawValue == ErasureOrdered.stream,
                header.type == ErasureOrdered.type, let subject = header.subject
            else { continue }
            orders.subjects.append(subject.data)
        }
    }
}
