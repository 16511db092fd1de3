public import ContactModel
public import Foundation
import LedgerFormat
import ProcessBoundary

/// What comes of an erasure, by the id of a request for it or of its own. It outlives the contact.
extension DSRService {
    /// On record before it returns.
    ///
    /// - Throws: `not-found`
    public func notices(
        _ validated: Validated<EntityID>
    ) async throws(ServiceError) -> NoticeListView {
        var request = WireReadNoticesRequest()
        request.credential = validated.authorized.request.credential
        request.id = Data(validated.command.bytes)
        let list: WireNoticeList
        do throws(ServiceError) {
            list = try await ledger.ask(.readNotices(request), Self.noticeList)
        } catch {
            throw error.code == .notFound ? Self.noMatter : error
        }
        try await auditor.disclosure(validated.authorized, subject: list.subject)
        return NoticeListView(list)
    }

    /// Durable and signed when this returns; the ledger audits it itself.
    ///
    /// - Throws: `not-found` for a recipient who is not to be told; `conflict` for one who was; `outcome-unknown`.
    public func noteDelivery(
        _ validated: Validated<NoteDeliveryCommand>
    ) async throws(ServiceError) -> NoticeListView {
        let command = validated.command
        var request = WireNoteDeliveryRequest()
        request.credential = validated.authorized.request.credential
        request.id = Data(command.id.bytes)
        request.recipient = command.recipient
        request.channel = command.channel.rawValue
        request.notifiedAt = command.notifiedAt.text
        request.requestID = validated.authorized.request.requestID.text
        request.context = validated.authorized.auditContext
        do throws(ServiceError) {
            return NoticeListView(try await ledger.record(.noteDelivery(request), Self.noticeList))
        } catch {
            switch error.code {
            case .conflict:
                throw ServiceError(.conflict, "The recipient was told already; it is on record.")
                    .audited()
            case .notFound:
                throw ServiceError(.notFound, "Nobody by this name is to be told of it.")
            default: throw error
            }
        }
    }

    /// The signed document (FORMAT 9.14), made anew: what it says of escrow is as of now. On record before it returns.
    ///
    /// - Throws: `not-found`; `illegal-step` where nobody was erased, or not yet; `ledger-unavailable` while it cannot be signed.
    public func certificate(
        _ validated: Validated<EntityID>
    ) async throws(ServiceError) -> Data {
        var request = WireCertificateRequest()
        request.credential = validated.authorized.request.credential
        request.id = Data(validated.command.bytes)
        let document: Data
        do throws(ServiceError) {
            document = try await ledger.ask(.certifyErasure(request)) {
                result -> WireBlobResponse? in
                if case .certificate(let blob) = result { blob } else { nil }
            }.bytes
        } catch {
            switch error.code {
            case .conflict:
                throw ServiceError(
                    .illegalStep,
                    "There is no erasure by this request, or it is ordered and the keeper has not done it yet."
                )
            case .notFound: throw Self.noMatter
            default: throw error
            }
        }
        guard let signed = try? ErasureCertificate.Signed(parsing: document) else {
            throw .unexpectedReply(.keeper)
        }
        try await auditor.disclosure(
            validated.authorized, subject: signed.certificate.statement.subject.data)
        return document
    }

    private static func noticeList(_ result: WireLedgerResponse.OneOf_Result) -> WireNoticeList? {
        if case .notices(let list) = result { list } else { nil }
    }

    private static let noMatter = ServiceError(
        .notFound, "There is no request and no erasure with this id.")
}
