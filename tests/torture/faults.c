/* Faults at write points: a library that stands before the C library (LD_PRELOAD).

   Every call that changes what lies under one folder is a write point, whoever makes it: Python,
   SQLite or DuckDB. They are counted in a file that all processes of an experiment share; at the
   point asked for the process dies, stops, or is told that the disk is full or read-only. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OFF, COUNT, KILL, TORN, STOP, FULL, READ_ONLY };

/* As `Control` in faults.py lays it out. */
struct control {
  int64_t mode, at, count, hit;
  char root[1024];
  char where[1024];
};

static struct control *control;

__attribute__((constructor)) static void attach(void) {
  const char *path = getenv("SAMENSPEL_FAULTS");
  if (!path) return;
  int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void *found = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (found != MAP_FAILED) control = found;
  syscall(SYS_close, fd);
}

static int on(void) { return control && __atomic_load_n(&control->mode, __ATOMIC_SEQ_CST) != OFF; }

static int beneath(const char *path) {
  size_t length = strlen(control->root);
  return strncmp(path, control->root, length) == 0 && (path[length] == '/' || !path[length]);
}

static int of_fd(int fd, char *path, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, size - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return 1;
}

static int of_name(int folder, const char *name, char *path, size_t size) {
  if (!name) return 0;
  if (name[0] == '/') {
    snprintf(path, size, "%s", name);
    return 1;
  }
  char base[PATH_MAX / 2];
  if (folder == AT_FDCWD ? !getcwd(base, sizeof base) : !of_fd(folder, base, sizeof base)) return 0;
  snprintf(path, size, "%s/%s", base, name);
  return 1;
}

/* Look at one write point; return the error that the caller gets instead, or 0. `part` is set
   where half of a write goes through before the process dies. */
static int point(const char *call, const char *path, int takes_room, int *part) {
  if (!on() || !beneath(path)) return 0;
  int64_t number = __atomic_add_fetch(&control->count, 1, __ATOMIC_SEQ_CST);
  int64_t mode = control->mode, at = control->at;
  if (mode == COUNT || number < at) return 0;
  if (mode == FULL || mode == READ_ONLY) {
    if (mode == FULL && !takes_room) return 0;
    if (!__atomic_exchange_n(&control->hit, 1, __ATOMIC_SEQ_CST))
      snprintf(control->where, sizeof control->where, "%s %s", call, path);
    return mode == FULL ? ENOSPC : EROFS;
  }
  if (number != at) return 0;
  snprintf(control->where, sizeof control->where, "%s %s", call, path);
  __atomic_store_n(&control->hit, 1, __ATOMIC_SEQ_CST);
  if (mode == TORN && part) {
    *part = 1;
    return 0;
  }
  kill(getpid(), mode == STOP ? SIGSTOP : SIGKILL);
  return 0;
}

static int at_fd(const char *call, int fd, int takes_room, int *part) {
  char path[PATH_MAX];
  if (!on() || !of_fd(fd, path, sizeof path)) return 0;
  return point(call, path, takes_room, part);
}

static int at_name(const char *call, int folder, const char *name, int takes_room) {
  char path[PATH_MAX];
  if (!on() || !of_name(folder, name, path, sizeof path)) return 0;
  return point(call, path, takes_room, NULL);
}

#define TRUE_ONE(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define UNLESS(error) \
  int problem = (error); \
  if (problem) { errno = problem; return -1; }
#define DIE() kill(getpid(), SIGKILL)

ssize_t write(int fd, const void *data, size_t size) {
  TRUE_ONE(write);
  int part = 0;
  UNLESS(at_fd("write", fd, 1, &part));
  if (part) { real(fd, data, size / 2); DIE(); }
  return real(fd, data, size);
}

#define PWRITE(name, offset_type) \
  ssize_t name(int fd, const void *data, size_t size, offset_type offset) { \
    TRUE_ONE(name); \
    int part = 0; \
    UNLESS(at_fd("write", fd, 1, &part)); \
    if (part) { real(fd, data, size / 2, offset); DIE(); } \
    return real(fd, data, size, offset); \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t writev(int fd, const struct iovec *parts, int count) {
  TRUE_ONE(writev);
  UNLESS(at_fd("write", fd, 1, NULL));
  return real(fd, parts, count);
}

#define SEND(name, offset_type) \
  ssize_t name(int out, int in, offset_type *offset, size_t count) { \
    TRUE_ONE(name); \
    UNLESS(at_fd("write", out, 1, NULL)); \
    return real(out, in, offset, count); \
  }
SEND(sendfile, off_t)
SEND(sendfile64, off64_t)

ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t size, unsigned flags) {
  TRUE_ONE(copy_file_range);
  UNLESS(at_fd("write", out, 1, NULL));
  return real(in, from, out, to, size, flags);
}

#define SYNC(name) \
  int name(int fd) { \
    TRUE_ONE(name); \
    if (control && control->mode != FULL && control->mode != READ_ONLY) \
      at_fd("sync", fd, 0, NULL); \
    return real(fd); \
  }
SYNC(fsync)
SYNC(fdatasync)

#define TRUNCATE(name, size_type) \
  int name(int fd, size_type size) { \
    TRUE_ONE(name); \
    UNLESS(at_fd("truncate", fd, 0, NULL)); \
    return real(fd, size); \
  }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define ALLOCATE(name, size_type) \
  int name(int fd, size_type offset, size_type size) { \
    TRUE_ONE(name); \
    int problem = at_fd("allocate", fd, 1, NULL); \
    return problem ? problem : real(fd, offset, size); \
  }
ALLOCATE(posix_fallocate, off_t)
ALLOCATE(posix_fallocate64, off64_t)

static int changes(int flags) { return flags & (O_CREAT | O_TRUNC | O_WRONLY | O_RDWR); }

/* Opening for writing is a point only where it makes or empties a file. */
static int opens(int folder, const char *name, int flags) {
  if (!on() || !changes(flags)) return 0;
  if (control->mode != READ_ONLY) {
    if (!(flags & (O_CREAT | O_TRUNC))) return 0;
    if (!(flags & O_TRUNC) && faccessat(folder, name, F_OK, 0) == 0) return 0;
  }
  return at_name("open", folder, name, (flags & O_CREAT) != 0);
}

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    TRUE_ONE(name); \
    va_list given; \
    va_start(given, flags); \
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(given, mode_t) : 0; \
    va_end(given); \
    UNLESS(opens(AT_FDCWD, path, flags)); \
    return real(path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
  int name(int folder, const char *path, int flags, ...) { \
    TRUE_ONE(name); \
    va_list given; \
    va_start(given, flags); \
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(given, mode_t) : 0; \
    va_end(given); \
    UNLESS(opens(folder, path, flags)); \
    return real(folder, path, flags, mode); \
  }
OPENAT(openat)
OPENAT(openat64)

#define FOPEN(name) \
  FILE *name(const char *path, const char *mode) { \
    TRUE_ONE(name); \
    int flags = mode[0] == 'w' ? O_CREAT | O_TRUNC : mode[0] == 'a' ? O_CREAT : 0; \
    int problem = opens(AT_FDCWD, path, flags); \
    if (problem) { errno = problem; return NULL; } \
    return real(path, mode); \
  }
FOPEN(fopen)
FOPEN(fopen64)

int rename(const char *from, const char *to) {
  TRUE_ONE(rename);
  UNLESS(at_name("rename", AT_FDCWD, to, 0));
  return real(from, to);
}

int renameat(int folder, const char *from, int other, const char *to) {
  TRUE_ONE(renameat);
  UNLESS(at_name("rename", other, to, 0));
  return real(folder, from, other, to);
}

int renameat2(int folder, const char *from, int other, const char *to, unsigned flags) {
  TRUE_ONE(renameat2);
  UNLESS(at_name("rename", other, to, 0));
  return real(folder, from, other, to, flags);
}

int unlink(const char *path) {
  TRUE_ONE(unlink);
  UNLESS(at_name("remove", AT_FDCWD, path, 0));
  return real(path);
}

int unlinkat(int folder, const char *path, int flags) {
  TRUE_ONE(unlinkat);
  UNLESS(at_name("remove", folder, path, 0));
  return real(folder, path, flags);
}

int remove(const char *path) {
  TRUE_ONE(remove);
  UNLESS(at_name("remove", AT_FDCWD, path, 0));
  return real(path);
}

int rmdir(const char *path) {
  TRUE_ONE(rmdir);
  UNLESS(at_name("remove", AT_FDCWD, path, 0));
  return real(path);
}

int mkdir(const char *path, mode_t mode) {
  TRUE_ONE(mkdir);
  UNLESS(at_name("mkdir", AT_FDCWD, path, 1));
  return real(path, mode);
}

int mkdirat(int folder, const char *path, mode_t mode) {
  TRUE_ONE(mkdirat);
  UNLESS(at_name("mkdir", folder, path, 1));
  return real(folder, path, mode);
}

int symlink(const char *target, const char *path) {
  TRUE_ONE(symlink);
  UNLESS(at_name("link", AT_FDCWD, path, 1));
  return real(target, path);
}

int link(const char *from, const char *path) {
  TRUE_ONE(link);
  UNLESS(at_name("link", AT_FDCWD, path, 1));
  return real(from, path);
}

#define CHMOD(name) \
  int name(const char *path, mode_t mode) { \
    TRUE_ONE(name); \
    if (on() && control->mode == READ_ONLY) { UNLESS(at_name("mode", AT_FDCWD, path, 0)); } \
    return real(path, mode); \
  }
CHMOD(chmod)

int access(const char *path, int mode) {
  TRUE_ONE(access);
  if (on() && control->mode == READ_ONLY && (mode & W_OK)) {
    char full[PATH_MAX];
    if (of_name(AT_FDCWD, path, full, sizeof full) && beneath(full)) { errno = EROFS; return -1; }
  }
  return real(path, mode);
}
