#include <libgfshare.h>
#include <sodium.h>

static inline void chancery_gfshare_random(unsigned char *bytes, unsigned int count) {
    randombytes_buf(bytes, count);
}

/// libgfshare has no source of randomness of its own; without one it must not be called.
static inline void chancery_gfshare_begin(void) { gfshare_fill_rand = chancery_gfshare_random; }
