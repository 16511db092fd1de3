/// One node of an expression; children are numbers of nodes in the same ``ExpressionTree``, so that evaluating copies no tree.
enum PolicyExpression {
    typealias ID = UInt32

    enum Variable { case principal, action, resource, context }
    enum Comparison { case less, lessOrEqual, greater, greaterOrEqual }
    enum Arithmetic { case add, subtract, multiply }
    enum SetTest { case contains, containsAll, containsAny }

    /// Several children, or keys: a range of ``ExpressionTree/lists``.
    typealias List = Range<UInt32>

    case literal(constant: UInt32)
    case variable(Variable)
    /// All of a chain `a && b && c`, since the grammar has no limit to its length.
    case and(List)
    case or(List)
    case not(ID)
    case negate(ID)
    case equal(ID, ID)
    case compare(Comparison, ID, ID)
    case calculate(Arithmetic, ID, ID)
    case isMember(ID, of: ID)
    case attribute(ID, name: UInt32)
    /// `has a.b.c`: names are numbers of texts.
    case has(ID, path: List)
    case like(ID, pattern: UInt32)
    case isType(ID, type: UInt32)
    /// `is T in e`.
    case isTypeMember(ID, type: UInt32, of: ID)
    case conditional(ID, then: ID, else: ID)
    case set(List)
    /// Keys and values in turn.
    case record(List)
    case test(SetTest, ID, ID)
    case isEmpty(ID)
}
