// Linux calls that Swift cannot import: variadic ones, and macros behind _GNU_SOURCE.
#include <errno.h>
#include <malloc.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>

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
