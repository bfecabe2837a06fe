/*
 * Stands between a process and the disk (LD_PRELOAD), for files below $SHIM_DIR:
 *  - records writes, truncations and syncs, in order, to $SHIM_TRACE, with what goes to standard output between them
 *  - while $SHIM_BLOCK exists, syncs wait; while $SHIM_FAIL exists, they fail with EIO
 *    (only those of the database or of its log when it says 'd' or 'w')
 * A record: op, file, 6 bytes of zero, offset, length (little endian 64 bit), then `length` bytes for a write.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int trace = -2;

#define REAL(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))

/* 'd' the database, 'w' its write-ahead log, '1' standard output, 0 anything else. */
static char file_of(int fd) {
  if (fd == 1) return '1';
  char link[64], path[512];
  strcpy(link, "/proc/self/fd/");
  char digits[12];
  int n = 0, v = fd;
  do digits[n++] = '0' + v % 10; while ((v /= 10) > 0);
  char *at = link + strlen(link);
  while (n > 0) *at++ = digits[--n];
  *at = 0;
  ssize_t length = readlink(link, path, sizeof path - 1);
  const char *dir = getenv("SHIM_DIR");
  if (length <= 0 || !dir) return 0;
  path[length] = 0;
  if (strncmp(path, dir, strlen(dir)) != 0) return 0;
  if (length > 4 && strcmp(path + length - 4, "-wal") == 0) return 'w';
  return length > 3 && strcmp(path + length - 3, ".db") == 0 ? 'd' : 0;
}

static void record(char op, char file, uint64_t offset, const void *data, uint64_t length) {
  pthread_mutex_lock(&lock);
  if (trace == -2) {
    const char *path = getenv("SHIM_TRACE");
    trace = path ? open(path, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
  }
  if (trace >= 0) {
    char head[24] = {op, file};
    memcpy(head + 8, &offset, 8);
    memcpy(head + 16, &length, 8);
    struct iovec parts[2] = {{head, sizeof head}, {(void *)data, data ? length : 0}};
    if (REAL(ssize_t, writev, int, const struct iovec *, int)(trace, parts, 2) < 0) abort();
  }
  pthread_mutex_unlock(&lock);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
  char file = file_of(fd);
  if (file) record('w', file, offset, data, length);
  return REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t)(fd, data, length, offset);
}

ssize_t write(int fd, const void *data, size_t length) {
  char file = file_of(fd);
  if (file) record('w', file, lseek(fd, 0, SEEK_CUR), data, length);
  return REAL(ssize_t, write, int, const void *, size_t)(fd, data, length);
}

int ftruncate64(int fd, off64_t length) {
  char file = file_of(fd);
  if (file) record('t', file, length, NULL, 0);
  return REAL(int, ftruncate64, int, off64_t)(fd, length);
}

static int synced(int fd, int (*sync)(int)) {
  char file = file_of(fd);
  if (!file) return sync(fd);
  const char *block = getenv("SHIM_BLOCK"), *fail = getenv("SHIM_FAIL");
  while (block && access(block, F_OK) == 0) usleep(1000);
  int order = fail ? open(fail, O_RDONLY) : -1;
  if (order >= 0) {
    char which = 0;
    ssize_t length = read(order, &which, 1);
    close(order);
    if (length == 0 || which == file) {
      errno = EIO;
      return -1;
    }
  }
  record('b', file, 0, NULL, 0);
  int result = sync(fd);
  if (result == 0) record('s', file, 0, NULL, 0);
  return result;
}

int fdatasync(int fd) { return synced(fd, REAL(int, fdatasync, int)); }
int fsync(int fd) { return synced(fd, REAL(int, fsync, int)); }
