/// The right side of `like`: bytes, and `*` for any number of any. Whole characters only can match, since UTF-8 keeps where
/// one begins.
struct LikePattern: Sendable, Equatable {
    enum Element: Sendable, Equatable {
        case byte(UInt8)
        case anything
    }

    private let elements: [Element]

    init(_ elements: [Element]) { self.elements = elements }

    /// At each `*` the shortest stretch that lets the rest match: time is at most the product of both lengths.
    func matches(_ text: PolicyText) -> Bool {
        let bytes = text.string.utf8
        var at = bytes.startIndex
        var element = 0
        var retry: (element: Int, at: String.UTF8View.Index)?
        while at < bytes.endIndex {
            if element < elements.count, elements[element] == .anything {
                retry = (element + 1, at)
                element += 1
            } else if element < elements.count, elements[element] == .byte(bytes[at]) {
                element += 1
                at = bytes.index(after: at)
            } else if let last = retry {
                let longer = bytes.index(after: last.at)
                retry = (last.element, longer)
                element = last.element
                at = longer
            } else {
                return false
            }
        }
        return elements[element...].allSatisfy { $0 == .anything }
    }
}
