import ContactServices

/// What `DELETE /api/v1/contacts/{id}` answers.
enum ErasureResponse {
    static func json(_ erasure: ErasureView) -> JSONValue {
        .fields([
            "id": .string(erasure.id.text),
            "status": .string(erasure.completion == nil ? "ORDERED" : "ERASED"),
            "orderedIndex": .integer(erasure.ordered),
            "erasedIndex": erasure.completion.map { .integer($0.index) },
            "epochBefore": erasure.completion.map { .integer($0.epochBefore) },
            "epochAfter": erasure.completion.map { .integer($0.epochAfter) },
            "erasureId": .string(erasure.erasure.text),
            "certificate": .string("\(DSRRoutes.path)/\(erasure.erasure.text)/certificate"),
            "notices": .string("\(DSRRoutes.path)/\(erasure.erasure.text)/notices"),
        ])
    }
}
