import ContactServices
import Foundation

/// What the ledger routes answer.
enum LedgerResponses {
    static func json(_ entry: LedgerEntryView) -> JSONValue {
        .fields([
            "index": .integer(entry.index),
            "header": (try? JSONReader.read(entry.header)) ?? .null,
            "headerBytes": .string(entry.header.base64EncodedString()),
            "payload": .string(entry.payload.base64EncodedString()),
            "leafHash": .string(entry.leafHash),
        ])
    }

    static func json(_ proof: InclusionView) -> JSONValue {
        .fields([
            "index": .integer(proof.index),
            "size": .integer(proof.size),
            "leafHash": .string(proof.leafHash),
            "root": .string(proof.root),
            "hashes": hashes(proof.hashes),
        ])
    }

    static func json(_ proof: ConsistencyView) -> JSONValue {
        .fields([
            "from": .integer(proof.from),
            "to": .integer(proof.to),
            "fromRoot": .string(proof.fromRoot),
            "toRoot": .string(proof.toRoot),
            "hashes": hashes(proof.hashes),
        ])
    }

    static func json(_ seal: SealView) -> JSONValue {
        .fields([
            "segment": .integer(seal.segment),
            "firstIndex": .integer(seal.firstIndex),
            "count": .integer(seal.count),
            "manifestHash": .string(seal.manifestHash),
        ])
    }

    static func json(_ correction: ClockCorrectionView) -> JSONValue {
        .fields([
            "auditIndex": .integer(correction.auditIndex),
            "treeSize": .integer(correction.treeSize),
        ])
    }

    private static func hashes(_ hashes: [Data]) -> JSONValue {
        .array(hashes.map { .string($0.base64EncodedString()) })
    }
}
