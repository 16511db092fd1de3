// Linux calls that Swift cannot import: variadic ones, and macros behind _GNU_SOURCE.
#include <errno.h>
#include <fcntl.h>
#include <linux/ioctl.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/timex.h>
#include <sys/xattr.h>
#include <unistd.h>

/// prctl(2) with PR_SET_DUMPABLE. Returns 0, or errno.
static inline int chancery_set_dumpable(int dumpable) {
    return prctl(PR_SET_DUMPABLE, dumpable, 0, 0, 0) == 0 ? 0 : errno;
}

/// prctl(2) with PR_GET_DUMPABLE.
static inline int chancery_get_dumpable(void) { return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0); }

/// prctl(2) with PR_SET_NO_NEW_PRIVS. Returns 0, or errno.
static inline int chancery_set_no_new_privs(void) {
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
}

/// prctl(2) with PR_GET_NO_NEW_PRIVS.
static inline int chancery_get_no_new_privs(void) {
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
}

/// setrlimit(2): no core file of any size, soft and hard. Returns 0, or errno.
static inline int chancery_disable_core_files(void) {
    struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_CORE, &none) == 0 ? 0 : errno;
}

#ifndef __USE_MISC
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
#endif

/// posix_spawn_file_actions_addclosefrom_np(3): the child closes `lowest` and every descriptor above it. Returns 0, or an errno.
static inline int chancery_spawn_closes_from(posix_spawn_file_actions_t *actions, int lowest) {
    return posix_spawn_file_actions_addclosefrom_np(actions, lowest);
}

#ifndef __USE_GNU
extern int sync_file_range(int, long, long, unsigned int);
#endif

/// sync_file_range(2), the whole file with SYNC_FILE_RANGE_WRITE: begins to write out what is dirty and does not wait.
static inline int chancery_begin_writeback(int descriptor) {
    return sync_file_range(descriptor, 0, 0, 2) == 0 ? 0 : errno;
}

/// malloc_trim(3): gives free memory of the heap back to the system.
static inline void chancery_give_back_memory(void) { malloc_trim(0); }

/// mallopt(3) with M_ARENA_MAX: all threads share so many heaps. Of glibc's own choice they are up to eight a core, and what is
/// free in one serves no other.
static inline void chancery_share_heaps(int heaps) { mallopt(M_ARENA_MAX, heaps); }

/// adjtimex(2), reading alone. Returns whether a time service keeps the clock, or -1.
static inline int chancery_clock_is_synchronized(void) {
    struct timex state = {0};
    int result = adjtimex(&state);
    if (result < 0) return -1;
    return result != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

/// FS_IOC_GETFLAGS of <linux/fs.h>. Returns whether the file is immutable, or -1 with errno.
static inline int chancery_is_immutable(const char *path) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0) return -1;
    unsigned long flags = 0;
    int result = ioctl(descriptor, _IOR('f', 1, long), &flags);
    int reason = errno;
    close(descriptor);
    errno = reason;
    return result < 0 ? -1 : (flags & 0x10) != 0;
}

/// lgetxattr(2).
static inline long chancery_extended_attribute(const char *path, const char *name, void *value, unsigned long size) {
    return lgetxattr(path, name, value, size);
}

/// sigaction(2): 1 where the process ignores the signal, else 0.
static inline int chancery_ignores_signal(int number) {
    struct sigaction current;
    return sigaction(number, 0, &current) == 0 && current.sa_handler == SIG_IGN;
}
