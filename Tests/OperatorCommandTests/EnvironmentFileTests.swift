import Testing

@testable import chancery

/// `/etc/chancery/chancery.conf` says to the command what it says to the units: read as systemd reads it.
@Suite struct EnvironmentFileTests {
    static let read: [(text: String, values: [String: String])] = [
        ("", [:]),
        ("# ISSUER=a\n; B=c\n\n  # x\n", [:]),
        ("ISSUER=a", ["ISSUER": "a"]),
        ("  ISSUER = a b \t\nPORT=8443\n", ["ISSUER": "a b", "PORT": "8443"]),
        ("A=\nB=\"\"\nC=''\n", ["A": "", "B": "", "C": ""]),
        ("A=\"x y \"  \nB='x \"y\" \\ '\n", ["A": "x y ", "B": "x \"y\" \\ "]),
        ("A=\"\\\"\\\\\\`\\$\\n\"\n", ["A": "\"\\`$\\n"]),
        ("A=a\\\nb\nB=c\\ \\d\n", ["A": "ab", "B": "c d"]),
        ("A=\"one\ntwo\"\n", ["A": "one\ntwo"]),
        ("A=\"one\\\ntwo\"\n", ["A": "onetwo"]),
        ("A=1\nA=2\n", ["A": "2"]),
        ("A=$B ${C} `d`\n", ["A": "$B ${C} `d`"]),
        ("A=b # c\n", ["A": "b # c"]),
        ("A=b\"c\"\n", ["A": "b\"c\""]),
        ("A='b''c'\n", ["A": "bc"]),
        ("A=b\r\nC=d\r\n", ["A": "b", "C": "d"]),
        ("# one \\\nA=b\nC=d\n", ["C": "d"]),
    ]

    @Test(arguments: read) func isReadAsSystemdDoes(text: String, values: [String: String]) throws {
        #expect(try EnvironmentFile(text).values == values)
    }

    static let refused: [(text: String, line: Int)] = [
        ("ISSUER", 1), ("A=b\n\nPORT 8443\nC=d", 3), ("A=b\nB=\"c\nD=e\n", 2), ("A='", 1),
        ("A B=c\n", 1), ("1A=b\n", 1), ("=b\n", 1), ("export A=b\n", 1), ("A=b\nC=\u{0}\n", 2),
    ]

    @Test(arguments: refused) func whatSystemdWouldPassOverIsNamed(text: String, line: Int) {
        let error = #expect(throws: EnvironmentFile.SyntaxError.self) { try EnvironmentFile(text) }
        #expect(error?.line == line)
    }
}
