import ProcessBoundary
import Testing

@Suite struct SlotsTests {
    @Test func whoFindsNoSlotIsRefusedUntilOneIsLeft() {
        let slots = Slots(most: 2)
        #expect(slots.take() && slots.take() && !slots.take())
        slots.leave()
        #expect(slots.take() && !slots.take())
        #expect(!Slots(most: 0).take())
    }
}
