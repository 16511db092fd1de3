import ContactModel
import Logging

/// swift-log's lines, one for each event: time, level, label, metadata in the order of their names, message.
struct SinkLogHandler: LogHandler {
    let label: String
    let sink: LogSink
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = "\(Timestamp.now().text) \(event.level) \(label):"
        let metadata = metadata.merging(event.metadata ?? [:]) { $1 }
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            line += " \(name)=\(value)"
        }
        line += " \(event.message)"
        // One event is one line, whatever its texts hold.
        let bytes = line.utf8.map { $0 < 0x20 ? UInt8(ascii: " ") : $0 }
        sink.add(bytes + [UInt8(ascii: "\n")], isUrgent: event.level >= .warning)
    }
}
