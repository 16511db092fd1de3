import LedgerFormat
import Testing

@Suite struct LabelSyntaxTests {
    @Test(arguments: [
        "s1/i1", "s0/i0", "s3/i2", "s1:c1023/i1", "s1:c0.c3,c7/i1;noforn", "s1:c0,c1/i1",
        "s1:c0,c2,c4/i1", "s2:c5,c6,c8.c10,c12/i0;a,a-b,b", "s1:c0.c1023/i1",
        "s1:c0,c1,c3.c5,c7,c8/i1", "s1/i1;abcdefghijklmnopqrstuvwxyz012345",
    ]) func labelsOfTheGrammarAreAccepted(text: String) {
        #expect(LabelSyntax.isValid(text))
    }

    @Test(arguments: [
        "", "s4/i1", "s1/i3", "s1", "s1/", "/i1", "S1/i1", "s1/i1 ", " s1/i1", "s1:/i1", "s1/i1;",
        "s1:c1024/i1", "s1:c01/i1", "s1:c/i1", "s1:1/i1", "s1:c3,c1/i1", "s1:c1,c1/i1",
        "s1:c0.c1/i1", "s1:c3.c1/i1", "s1:c3.c3/i1", "s1:c0.c3,c2/i1", "s1:c0,c1,c2/i1",
        "s1:c0.c3,c4/i1", "s1:c0,c1.c3/i1", "s1:c0.c3.c5/i1", "s1:c0.c3,c4.c8/i1", "s1:c1,/i1",
        "s1:,c1/i1", "s1/i1;b,a", "s1/i1;a,a", "s1/i1;A", "s1/i1;a,", "s1/i1;,a", "s1/i1;é",
        "s1/i1;abcdefghijklmnopqrstuvwxyz0123456", "s1/i11", "s1:c99999999999999999999/i1",
    ]) func everythingElseIsRefused(text: String) {
        #expect(!LabelSyntax.isValid(text))
    }

    @Test func labelsAreBounded() {
        let long = (0..<200).map { "c\($0 * 2)" }.joined(separator: ",")
        #expect(!LabelSyntax.isValid("s1:\(long)/i1"))
        #expect(LabelSyntax.isValid("s1:\(long.prefix(239))/i1"))
    }
}
