// FORMAT 2.4:
//   label      = level [":" categories] "/" integrity [";" caveats]
//   level      = "s0" … "s3"            integrity = "i0" … "i2"
//   categories = item *("," item)       item = "c" N | "c" A "." "c" B       N, A, B = 0 … 1023
//   caveats    = caveat *("," caveat)   caveat = 1*32(a-z / 0-9 / "-"), sorted by bytes, distinct
// One text per label: a maximal run of one category is `cN`, of two `cA,cB`, of three or more
// `cA.cB`. Equal labels are then equal texts, and a header cannot be written in two ways.

/// Checks the text of a label without knowing what it means; the lattice is ContactModel's.
public enum LabelSyntax {
    public static func isValid(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { isValid(UnsafeRawBufferPointer($0)) }
    }

    static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= LedgerLimits.maxLabelBytes else { return false }
        var scanner = ByteScanner(bytes)
        guard scanner.skip("s"), level(&scanner, upTo: 3) else { return false }
        if scanner.skip(":") {
            guard categories(&scanner) else { return false }
        }
        guard scanner.skip("/i"), level(&scanner, upTo: 2) else { return false }
        if scanner.skip(";") {
            guard caveats(&scanner) else { return false }
        }
        return scanner.isAtEnd
    }

    private static func level(_ scanner: inout ByteScanner, upTo highest: UInt8) -> Bool {
        guard let digit = scanner.next, (0x30...0x30 + highest).contains(digit) else {
            return false
        }
        return scanner.skip(digit)
    }

    private static func categories(_ scanner: inout ByteScanner) -> Bool {
        var lastCategory: UInt64?
        // Length of the run that ends at `lastCategory`; a range can not be continued at all.
        var run = 0
        repeat {
            guard let first = category(&scanner) else { return false }
            if let last = lastCategory {
                guard first > last else { return false }
                run = first == last + 1 ? run + 1 : 1
            } else {
                run = 1
            }
            lastCategory = first
            if scanner.skip(".") {
                guard run == 1, let end = category(&scanner), end >= first + 2 else { return false }
                lastCategory = end
                run = 3
            } else if run > 2 {
                return false
            }
        } while scanner.skip(",")
        return true
    }

    private static func category(_ scanner: inout ByteScanner) -> UInt64? {
        guard scanner.skip("c"), let number = scanner.integer(), number <= 1_023 else { return nil }
        return number
    }

    private static func caveats(_ scanner: inout ByteScanner) -> Bool {
        var previous: UnsafeRawBufferPointer?
        repeat {
            let start = scanner.position
            while let byte = scanner.next, isCaveatByte(byte) {
                guard scanner.position - start < 32, scanner.skip(byte) else { return false }
            }
            guard scanner.position > start else { return false }
            let caveat = UnsafeRawBufferPointer(rebasing: scanner.bytes[start..<scanner.position])
            if let previous {
                guard previous.lexicographicallyPrecedes(caveat) else { return false }
            }
            previous = caveat
        } while scanner.skip(",")
        return true
    }

    private static func isCaveatByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
    }
}
