import HTTPTypes

/// Which methods each path takes, so that a wrong method is told apart from an unknown path.
///
/// Templates as Hummingbird has them: `{name}` one segment, `**` the rest.
struct RouteTable: Sendable {
    private var routes: [(segments: [Substring], methods: [HTTPRequest.Method])] = []

    mutating func add(_ template: String, _ method: HTTPRequest.Method) {
        let segments = template.split(separator: "/")
        if let index = routes.firstIndex(where: { $0.segments == segments }) {
            routes[index].methods.append(method)
        } else {
            routes.append((segments, [method]))
        }
    }

    /// Value of `Allow`, HEAD with every GET; nil for an unknown path.
    func methods(for path: String) -> String? {
        let segments = path.split(separator: "/")
        guard let route = routes.first(where: { Self.matches($0.segments, segments) }) else {
            return nil
        }
        return route.methods.flatMap { $0 == .get ? ["GET", "HEAD"] : [$0.rawValue] }
            .joined(separator: ", ")
    }

    /// The method, when it is one anybody knows: the log takes no client's inventions.
    func knownMethod(_ method: HTTPRequest.Method) -> String {
        switch method {
        case .get, .head, .post, .put, .delete, .patch, .options, .trace, .connect: method.rawValue
        default: "other"
        }
    }

    private static func matches(_ template: [Substring], _ path: [Substring]) -> Bool {
        let fixed = template.last == "**" ? template.dropLast() : template[...]
        let isLongEnough =
            template.last == "**" ? path.count > fixed.count : path.count == fixed.count
        return isLongEnough && zip(fixed, path).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}
