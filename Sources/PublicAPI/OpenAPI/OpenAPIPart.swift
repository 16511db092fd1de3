/// What one resource adds to the OpenAPI document: members of `paths` and of `components/schemas`, as JSON text.
///
/// Text, since that is what it becomes: the tests read it as JSON, and hold it against the routes and what they answer.
struct OpenAPIPart: Sendable {
    let paths: String
    let schemas: String
}
