/// Counts lines of NDJSON as the gateway answers them: all but the empty ones, with or without a CR.
struct LineCounter {
    private var ended = 0
    private var isEmpty = true
    private var endsInReturn = false

    var total: Int { isEmpty ? ended : ended + 1 }

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n"):
                ended = total
                isEmpty = true
                endsInReturn = false
            case UInt8(ascii: "\r") where isEmpty && !endsInReturn:
                // Nothing yet, if the line ends here.
                endsInReturn = true
            default: isEmpty = false
            }
        }
    }
}
