import Testing

@testable import ContactModel

@Suite struct PurposeTests {
    static func statement(
        _ type: ConsentType, _ purposes: [String], _ day: Int, isRevoked: Bool = false
    ) -> PurposeStatement {
        PurposeStatement(
            consentType: type, purposes: purposes, grantedAt: "2026-01-0\(day)T00:00:00.000000Z",
            isRevoked: isRevoked)
    }

    @Test(arguments: [
        ("sales", "sales", true), ("sales", "sales_outreach", true),
        ("sales_outreach", "sales", false), ("marketing", "campaign_management", true),
        ("sales", "marketing", false), ("sales", "sales_x", false), ("", "sales", false),
    ])
    func aPurposeCoversItsKindsAndNoOthers(general: String, purpose: String, covers: Bool) {
        #expect(PurposeTaxonomy.includes(general, purpose) == covers)
    }

    @Test(
        arguments: [
            ([], false),
            ([statement(.explicitOptIn, ["sales"], 1)], true),
            ([statement(.explicitOptIn, ["marketing", "sales"], 1)], true),
            ([statement(.explicitOptIn, ["marketing"], 1)], false),
            ([statement(.explicitOptIn, ["sales"], 1, isRevoked: true)], false),
            ([statement(.optOut, ["sales"], 1)], false),
            ([statement(.explicitOptIn, ["sales"], 1), statement(.optOut, ["sales"], 2)], false),
            ([statement(.optOut, ["sales"], 2), statement(.softOptIn, ["sales"], 1)], false),
            ([statement(.explicitOptIn, ["sales"], 1), statement(.optOut, ["sales"], 1)], false),
            ([statement(.optOut, ["sales"], 1), statement(.doubleOptIn, ["sales"], 2)], true),
            ([statement(.optOut, ["marketing"], 2), statement(.doubleOptIn, ["sales"], 1)], true),
            (
                [
                    statement(.doubleOptIn, ["sales"], 1),
                    statement(.optOut, ["sales"], 2, isRevoked: true),
                ], true
            ),
        ] as [([PurposeStatement], Bool)])
    func whatIsInForceDecidesAndAnOptOutEndsIt(statements: [PurposeStatement], covers: Bool) throws
    {
        #expect(statements.cover(try PurposeCode("sales_outreach")) == covers)
    }
}
