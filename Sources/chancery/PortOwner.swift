import Foundation

/// Who listens on a TCP port of this machine, as far as we may see it.
enum PortOwner {
    /// Why 127.0.0.1:`port` cannot be bound now, as an errno; nil: it can.
    static func bindError(_ port: Int) -> Int32? {
        guard let number = UInt16(exactly: port) else { return EINVAL }
        let descriptor = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        // As servers do: connections in TIME_WAIT do not count.
        var reuse: Int32 = 1
        setsockopt(
            descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = number.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 ? nil : errno
            }
        }
    }

    /// `python3 (pid 4711)`, or as much as we may see.
    static func describe(_ port: Int) -> String {
        // A gateway hides what it has open from everybody but root; its command line it cannot hide.
        if let gateway = RunningProcess.gateway(port: port) {
            return "the gateway of \(gateway.home ?? "another data directory") (pid \(gateway.pid))"
        }
        let listeners = ["/proc/net/tcp", "/proc/net/tcp6"]
            .flatMap { listening(on: port, table: $0) }
        let targets = Set(listeners.map { "socket:[\($0.inode)]" })
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for pid in names.compactMap({ pid_t($0) }) {
            let directory = "/proc/\(pid)/fd"
            let descriptors =
                (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            for descriptor in descriptors {
                let target = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: directory + "/" + descriptor)
                guard let target, targets.contains(target) else { continue }
                let program = RunningProcess.commandLine(pid).first.map {
                    ($0 as NSString).lastPathComponent
                }
                return "\(program ?? "a process") (pid \(pid))"
            }
        }
        guard let listener = listeners.first else { return "a process that we cannot see" }
        return "a process of user \(Home.userName(listener.user))"
    }

    private struct Listener {
        let user: uid_t
        let inode: String
    }

    /// Sockets in state LISTEN (0A): proc(5), the local port in hex after the colon of column 2, user in 8, inode in 10.
    private static func listening(on port: Int, table: String) -> [Listener] {
        guard let data = FileManager.default.contents(atPath: table) else { return [] }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").dropFirst().compactMap {
            line in
            let columns = line.split(separator: " ")
            guard columns.count > 9, columns[3] == "0A",
                let text = columns[1].split(separator: ":").last, Int(text, radix: 16) == port
            else { return nil }
            return Listener(user: uid_t(columns[7]) ?? 0, inode: String(columns[9]))
        }
    }
}
