import ContactModel
import Testing

@testable import ContactServices

@Suite struct ServiceErrorTests {
    @Test(arguments: ValidationError.Code.allCases)
    func everyValidationCodeHasItsNamesake(code: ValidationError.Code) {
        #expect(ServiceError.Code(code).rawValue == code.rawValue)
    }

    @Test func codesAreKebabCase() {
        for code in ServiceError.Code.allCases {
            #expect(code.rawValue.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" })
        }
    }
}
