import CLinux
import Foundation
import Synchronization

/// Has a large file written out while it grows. Left alone, the kernel keeps a gigabyte back until the file is synced,
/// and a commit that syncs meanwhile waits for all of it.
final class SteadyWriteback: Sendable {
    private let isOver = Atomic(false)
    private static let pause: useconds_t = 20_000

    init(path: String) {
        Thread.detachNewThread { [self] in
            var descriptor: Int32 = -1
            while !isOver.load(ordering: .acquiring) {
                if descriptor < 0 { descriptor = open(path, O_RDONLY | O_CLOEXEC) }
                if descriptor >= 0 {
                    // Begins to write and does not wait. A failure shows when the file is synced.
                    _ = chancery_begin_writeback(descriptor)
                }
                usleep(Self.pause)
            }
            if descriptor >= 0 { close(descriptor) }
        }
    }

    func end() { isOver.store(true, ordering: .releasing) }
}
