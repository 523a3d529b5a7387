/* Loaded before a row that is to see a steady disk: every fsync takes 2 ms longer, as on a network SSD. */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void wait_2_ms(void) {
    struct timespec rest = {0, 2000000};
    while (nanosleep(&rest, &rest) != 0) {
    }
}

int fsync(int file) {
    wait_2_ms();
    return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file) {
    wait_2_ms();
    return (int)syscall(SYS_fdatasync, file);
}
