import ContactModel
import Foundation
import LedgerFormat
import LedgerStore
import ProcessBoundary
import Projections

extension Ledger {
    func answer(
        _ request: WireReadNoticesRequest, for clearance: Clearance?
    ) throws -> WireNoticeList {
        guard let clearance else { throw LedgerService.unknown }
        return WireNoticeList(
            try notices(of: try Self.matter(request.id), for: clearance))
    }

    func answer(
        _ request: WireNoteDeliveryRequest, by actor: LedgerActor
    ) async throws(WireFault) -> WireNoticeList {
        let id = try Self.matter(request.id)
        guard let channel = NoticeChannel(rawValue: request.channel),
            let time = Timestamp(text: request.notifiedAt)
        else {
            throw WireFault(.invalid, "Refused: a delivery says how and when somebody was told.")
        }
        do throws(LedgerStoreError) {
            try await note(
                NoticeDelivery(
                    recipient: request.recipient, channel: channel, notifiedAt: time),
                of: id, actor: actor, requestID: request.requestID)
            return WireNoticeList(try notices(of: id, for: actor.clearance))
        } catch {
            throw WireFault(error)
        }
    }

    /// What the keeper signs, it makes itself: the ledger only shows the entries.
    func answer(
        _ request: WireCertificateRequest, for clearance: Clearance, _ keeper: KeeperPort
    ) async throws(WireFault) -> WireBlobResponse {
        let id = try Self.matter(request.id)
        let entries = try await offEventLoop { () throws(WireFault) in
            do throws(LedgerStoreError) {
                return try erasureEvidence(of: id, for: clearance)
            } catch {
                throw WireFault(error)
            }
        }
        do throws(LedgerStoreError) {
            return WireBlobResponse(try await keeper.certifyErasure(entries))
        } catch {
            throw WireFault(error)
        }
    }

    private static func matter(_ bytes: Data) throws(WireFault) -> EntityID {
        guard let id = EntityID(bytes: bytes) else {
            throw WireFault(.invalid, "Refused: the id of a request or an erasure has 16 bytes.")
        }
        return id
    }
}

extension WireNoticeList {
    init(_ list: NoticeList) {
        self.init()
        subject = list.subject.data
        omitted = list.omitted
        rows = list.rows.map { row in
            .with {
                $0.recipient = row.record.recipient
                $0.queued = WireSharingEntry(row.queued)
                if let notified = row.notified, let delivery = row.record.delivery {
                    $0.notified = WireSharingEntry(notified)
                    $0.notifiedAt = delivery.time
                    $0.channel = delivery.channel
                }
            }
        }
    }
}
