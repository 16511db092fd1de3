public import SwiftProtobuf

/// A request whose elements a server can count before it parses: 16 MiB of empty messages, two bytes each on the wire,
/// would otherwise become gigabytes before anybody has shown a credential.
public protocol BoundedRequest: SwiftProtobuf.Message {
    /// Whether the elements of all repeated fields in `body` stay within `limits`.
    static func weigh(_ body: [UInt8], _ limits: FrameLimits) -> RequestWeight
}

/// What counting a request's elements found.
public enum RequestWeight: Sendable, Equatable {
    case fits
    case tooManyElements
    /// Not protobuf as our schema has it.
    case malformed
}

extension WireKeeperRequest: BoundedRequest {
    public static func weigh(_ body: [UInt8], _ limits: FrameLimits) -> RequestWeight {
        ElementCounter.weigh(body, shape, limits)
    }

    /// keeper.proto
    static let shape = WireShape([
        // derive
        1: .message(WireShape([2: .messages(.flat), 3: .messages(.flat), 70: .elements])),
        2: .message(WireShape([2: .messages(.flat)])),  // encrypt
        3: .message(WireShape([2: .messages(.flat)])),  // decrypt
        5: .message(WireShape([2: .messages(.flat)])),  // open_addresses
        10: .message(WireShape([3: .elements])),  // sign_tree
        14: .message(WireShape([1: .messages(.flat)])),  // reindex
        15: .message(WireShape([1: .elements, 2: .elements])),  // forget
        // recover: begin, end, resume
        16: .message(
            WireShape([
                2: .message(WireShape([2: .elements])),
                3: .message(WireShape([3: .elements, 4: .elements])),
                4: .message(
                    WireShape([
                        1: .message(WireShape([2: .elements])), 3: .elements, 5: .elements,
                        6: .elements, 7: .elements,
                    ])),
            ])),
        40: .message(WireShape([2: .messages(.flat)])),  // relabel
        71: .message(WireShape([4: .messages(.flat)])),  // callback_tokens
        80: .message(WireShape([1: .messages(.flat)])),  // certify_erasure
    ])
}

extension WireLedgerRequest: BoundedRequest {
    public static func weigh(_ body: [UInt8], _ limits: FrameLimits) -> RequestWeight {
        ElementCounter.weigh(body, shape, limits)
    }

    /// ledger.proto
    static let shape = WireShape([
        1: .message(WireShape([2: .messages(prepareItem)])),  // prepare
        // append
        2: .message(
            WireShape([2: .messages(mutation), 3: .message(audit), 4: .message(context)])),
        10: .message(WireShape([3: .message(context)])),  // seal
        11: .message(WireShape([3: .message(context)])),  // correct_clock
        12: .message(WireShape([5: .message(context)])),  // erase
        13: .message(WireShape([5: .message(context)])),  // rotate_key
        30: .message(WireShape([6: .message(context)])),  // set_policy
        15: .message(WireShape([1: .messages(.flat)])),  // record_refusals
        81: .message(WireShape([7: .message(context)])),  // note_delivery
    ])

    private static let tags = WireShape([1: .messages(.flat)])
    private static let prepareItem = WireShape([1: .message(tags), 2: .messages(.flat)])
    private static let audit = WireShape([9: .messages(.flat), 70: .elements])
    private static let context = WireShape([1: .elements])
    private static let mutation = WireShape([
        1: .messages(.flat), 5: .messages(.flat), 6: .message(tags),
    ])
}
