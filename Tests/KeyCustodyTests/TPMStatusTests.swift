import Foundation
import Testing

@testable import KeyCustody

@Suite struct TPMStatusTests {
    private func status(_ fixture: KeeperFixture, keys: String? = nil) async throws -> TPMStatus {
        try await TPMStatus.take(try fixture.tpm.device(), keys: keys ?? fixture.keys)
    }

    @Test func whatIsProvisionedIsShownWithoutAProblem() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let status = try await status(fixture)
        #expect(status.problems == [])
        #expect(status.manufacturer == "IBM" && status.model == "SW TPM")
        #expect(status.keystore == "complete")
        #expect(status.counters.compactMap(\.purpose).sorted() == ["anchor", "epoch", "seal"])
        #expect(status.counters.allSatisfy { $0.value == $0.expected })
        #expect(status.free.transient == 3)
        #expect(!status.lockout.active && status.lockout.maxTries == 3)
        let key = try await fixture.withKeeper { try await $0.publicKeys() }
            .keys.first { $0.use == "attestation" }
        #expect(status.attestationKey == key?.keyID)
    }

    /// Also right after, and while, a keeper moves its counters.
    @Test func aRunningKeeperIsNoProblem() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            for _ in 0..<3 {
                try await keeper.anchorer.move()
                #expect(try await status(fixture).problems == [])
            }
        }
    }

    @Test func anUnprovisionedTPMNamesTheNextStep() async throws {
        let fixture = try await KeeperFixture.empty()
        let status = try await status(fixture)
        #expect(status.keystore == "absent")
        #expect(status.problems.contains { $0.contains("chancery tpm provision") })
        // Those of the directory that this TPM was copied from.
        #expect(status.counters.count == 3 && status.counters.allSatisfy { $0.purpose == nil })
    }

    @Test func anAbsentTPMIsTold() async throws {
        let fixture = try await KeeperFixture.provisioned()
        fixture.tpm.stop()
        let error = await #expect(throws: KeyCustodyError.self) { _ = try await status(fixture) }
        #expect(error?.tpm?.code == .absent)
    }

    @Test func aDirectoryOlderThanItsTPMIsNamedBeforeTheKeeperRefusesIt() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let copy = fixture.home + "/copy"
        try FileManager.default.copyItem(atPath: fixture.keys, toPath: copy)
        try await fixture.withKeeper { _ in }
        let problems = try await status(fixture, keys: copy).problems
        #expect(problems.contains { $0.contains("anchor") && $0.contains("older than its TPM") })
    }

    // MARK: - When the TPM misbehaves

    /// Its keys and counters are noDA.
    @Test func inLockoutTheKeeperStartsAndWorksAndAnOperatorEndsIt() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try TroubledTPM.lockOut(fixture.tpm)
        let locked = try await status(fixture)
        #expect(locked.lockout.active && locked.lockout.failedTries == 3)
        #expect(locked.problems.contains { $0.contains("clear-lockout") })
        try await fixture.withKeeper { keeper in
            try await keeper.anchorer.move()
            let tag = Sample.tag
            _ = try await keeper.sealed([.sample(tag)])
            let order = try await ErasureOrders().order(tag, keeper)
            let epochs = try await keeper.eraser.erase([order])
            #expect(epochs.after == epochs.before + 1)
        }
        let provisioning = TPMProvisioning(
            try TCTIAddress(fixture.tpm.address), patience: .seconds(300), authorizationFile: nil)
        try await provisioning.clearLockout()
        #expect(try await status(fixture).problems == [])
    }

    /// What needs a slot waits, what does not goes on; nothing is lost, and all is well once they are free.
    @Test func withoutFreeSlotsErasuresWaitAndAreDoneLater() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let tag = Sample.tag
            _ = try await keeper.sealed([.sample(tag)])
            let order = try await ErasureOrders().order(tag, keeper)
            try await TroubledTPM.withFullSlots(fixture.tpm) {
                let full = try await status(fixture)
                #expect(full.free.transient == 0)
                #expect(full.problems.contains { $0.contains("no free slot") })
                let error = await #expect(throws: KeyCustodyError.self) {
                    _ = try await keeper.eraser.erase([order])
                }
                #expect(error?.code == .unavailable && error?.tpm?.code == .busy)
                try await keeper.anchorer.check()
            }
            let epochs = try await keeper.eraser.erase([order])
            #expect(epochs.after == epochs.before + 1)
        }
        #expect(try await status(fixture).problems == [])
    }

    @Test func aClearedTPMIsNamedUnderARunningKeeper() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let keeper = try await fixture.open()
        try TroubledTPM.clear(fixture.tpm)
        let error = await #expect(throws: KeyCustodyError.self) {
            try await keeper.anchorer.check()
        }
        #expect(error?.code == .unavailable && error?.tpm?.code == .foreign)
        let problems = try await status(fixture).problems
        #expect(problems.first?.contains("Do not stop a keeper that still runs") == true)
        try await keeper.close()
    }

    /// And the right one, back again, is taken.
    @Test func anotherTPMInItsPlaceIsNamedUntilTheRightOneIsBack() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let keeper = try await fixture.open()
        let (place, aside) = (fixture.tpm.directory, fixture.home + "/aside")
        fixture.tpm.stop()
        try FileManager.default.moveItem(atPath: place, toPath: aside)
        let other = try SoftwareTPM.manufacture(in: place)
        try other.start()
        await #expect(throws: KeyCustodyError.self) { try await keeper.anchorer.check() }
        let error = await #expect(throws: KeyCustodyError.self) {
            try await keeper.anchorer.check()
        }
        #expect(error?.tpm?.code == .foreign)
        #expect(try await status(fixture).problems.first?.contains("counters") == true)
        other.stop()
        try FileManager.default.removeItem(atPath: place)
        try FileManager.default.moveItem(atPath: aside, toPath: place)
        try fixture.tpm.start()
        while (try? await keeper.anchorer.check()) == nil {}
        try await keeper.close()
    }

    /// No session and no object outlives a call.
    @Test func aTPMThatWasResetUnderTheKeeperIsUsedAsBefore() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let (first, second) = (Sample.tag, Sample.tag)
            _ = try await keeper.sealed([.sample(first), .sample(second)])
            let orders = ErasureOrders()
            _ = try await keeper.eraser.erase([try await orders.order(first, keeper)])
            fixture.tpm.stop()
            try fixture.tpm.start()
            // At worst one refusal: the call that finds its connection broken.
            let order = try await orders.order(second, keeper)
            if (try? await keeper.eraser.erase([order])) == nil {
                _ = try await keeper.eraser.erase([order])
            }
            try await keeper.anchorer.move()
            #expect(keeper.subjectCount == 0)
        }
    }

    /// The file can be written by hand; nothing but what needs the TPM waits for it.
    @Test func anOwnerAuthorizationThatOthersSetIsNamedAndCanBeHandedOver() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let connection = try TPMConnection(TCTIAddress(fixture.tpm.address))
            let password = SecretBytes(count: 4) { $0.copyBytes(from: [0xC0, 0xFF, 0xEE, 0x01]) }
            try connection.changeAuthorization(of: .owner, to: password)
            let error = await #expect(throws: KeyCustodyError.self) {
                try await keeper.anchorer.check()
            }
            #expect(error?.code == .unavailable && error?.tpm?.code == .lockedOut)
            _ = try await keeper.sealed([.sample(Sample.tag)])
        }
        #expect(try await status(fixture).authorizations.owner)

        let file = fixture.home + "/authorizations"
        try Data("chancery-tpm-authorizations 1\nowner c0ffee01\n".utf8)
            .write(to: URL(fileURLWithPath: file))
        #expect(chmod(file, 0o600) == 0)
        let again = try await KeyCustodian.open(
            directory: fixture.keys, logName: KeeperFixture.logName,
            tpm: TPMDevice(
                TCTIAddress(fixture.tpm.address), patience: .seconds(300),
                authorizations: TPMAuthorizations.read(file)))
        try await again.anchorer.move()
        try await again.close()
    }

    @Test func aTPMThatHangsIsBusyAndUsedAgainWhenItGoesOn() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let device = try TPMDevice(TCTIAddress(fixture.tpm.address), patience: .seconds(2))
        _ = try await device.identify()
        fixture.tpm.pause()
        let error = await #expect(throws: TPMError.self) { _ = try await device.identify() }
        #expect(error?.code == .busy)
        fixture.tpm.resume()
        for _ in 0..<100 where (try? await device.identify()) == nil {}
        #expect(try await device.identify().contains("SW TPM"))
    }
}
