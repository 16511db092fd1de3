import Foundation
import Testing

@testable import ContactModel

@Suite struct RandomTests {
    @Test func nothingIsDrawnTwiceByManyAtOnce() async {
        let drawn = await withTaskGroup(of: [Data].self) { tasks in
            for _ in 0..<8 {
                tasks.addTask {
                    (0..<2_000).flatMap { _ in [Salt.random(), Data(EntityID.random().bytes)] }
                }
            }
            return await tasks.reduce(into: []) { $0 += $1 }
        }
        #expect(drawn.count == 32_000 && Set(drawn).count == drawn.count)
        #expect(drawn.allSatisfy { $0.count == 16 })
    }

    @Test func everyBitOfASaltIsDrawn() {
        var ones = [Int](repeating: 0, count: 128)
        for _ in 0..<4_000 {
            for (index, byte) in Salt.random().enumerated() {
                for bit in 0..<8 where byte >> bit & 1 == 1 { ones[index * 8 + bit] += 1 }
            }
        }
        // Six standard deviations of 4,000 tosses and more.
        #expect(ones.allSatisfy { (1_800...2_200).contains($0) })
    }

    @Test func anIdIsAVersion4UUIDAndComesBackFromItsText() throws {
        for _ in 0..<1_000 {
            let id = EntityID.random()
            #expect(id.text.utf8.count == 36)
            #expect(id.bytes[6] >> 4 == 4 && id.bytes[8] >> 6 == 0b10)
            #expect(try EntityID(id.text) == id && EntityID(bytes: id.bytes) == id)
            #expect(try EntityID(id.text.uppercased()) == id)
            #expect(UUID(uuidString: id.text)?.uuidString.lowercased() == id.text)
        }
    }
}
