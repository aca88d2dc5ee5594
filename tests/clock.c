/* Another time of day for a process and all that it starts: preloaded by tests/clock.py, with the
   seconds by which to differ in CLOCK_SHIFT. The clocks that only count seconds are left alone, so
   that what waits waits as long as ever; libfaketime 0.9 breaks Python's time.sleep in that case. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>

#define REAL(name) static __typeof__(&name) real; if (!real) real = dlsym(RTLD_NEXT, #name)

static long shift(void) {
  static long seconds, known;
  if (!known) {
    const char *said = getenv("CLOCK_SHIFT");
    seconds = said ? atol(said) : 0;
    known = 1;
  }
  return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *to) {
  REAL(clock_gettime);
  int result = real(clock, to);
  if (!result && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) to->tv_sec += shift();
  return result;
}

int gettimeofday(struct timeval *restrict to, void *restrict zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  to->tv_sec = now.tv_sec;
  to->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *to) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (to) *to = now.tv_sec;
  return now.tv_sec;
}

int timespec_get(struct timespec *to, int base) {
  clock_gettime(CLOCK_REALTIME, to);
  return base;
}

/* Until when to wait, as the kernel counts. Seconds since the machine started are left alone. */
static struct timespec as_it_is(const struct timespec *until) {
  struct timespec truly = *until;
  if (truly.tv_sec > 1000000000) truly.tv_sec -= shift();
  return truly;
}

#define WAIT(name, what, ...) int name(__VA_ARGS__, const struct timespec *until) { \
  REAL(name); struct timespec truly = as_it_is(until); return real what; }
WAIT(pthread_cond_timedwait, (c, m, &truly), pthread_cond_t *c, pthread_mutex_t *m)
WAIT(pthread_mutex_timedlock, (m, &truly), pthread_mutex_t *m)
WAIT(sem_timedwait, (s, &truly), sem_t *s)

/* Files are as old as they are. */
#define AGED(name, kind, what, ...) int name(__VA_ARGS__, struct kind *to) { \
  REAL(name); int result = real what; \
  if (!result) { \
    to->st_atim.tv_sec += shift(); to->st_mtim.tv_sec += shift(); to->st_ctim.tv_sec += shift(); \
  } \
  return result; }
AGED(stat, stat, (path, to), const char *path)
AGED(lstat, stat, (path, to), const char *path)
AGED(fstat, stat, (file, to), int file)
AGED(stat64, stat64, (path, to), const char *path)
AGED(lstat64, stat64, (path, to), const char *path)
AGED(fstat64, stat64, (file, to), int file)

static int at(int folder, const char *path, struct stat64 *to, int flags) {
  static int (*real)(int, const char *, struct stat64 *, int);
  if (!real) real = dlsym(RTLD_NEXT, "fstatat64");
  int result = real(folder, path, to, flags);
  if (!result) {
    to->st_atim.tv_sec += shift(); to->st_mtim.tv_sec += shift(); to->st_ctim.tv_sec += shift();
  }
  return result;
}
int fstatat64(int folder, const char *path, struct stat64 *to, int flags) {
  return at(folder, path, to, flags);
}
int fstatat(int folder, const char *path, struct stat *to, int flags) {
  return at(folder, path, (struct stat64 *)to, flags);
}

/* What a file's times are set to; the two special values of tv_nsec say now, and leave it. */
static const struct timespec *set(const struct timespec from[2], struct timespec to[2]) {
  if (!from) return from;
  for (int one = 0; one < 2; one++) {
    to[one] = from[one];
    if (from[one].tv_nsec < 1000000000) to[one].tv_sec -= shift();
  }
  return to;
}
int utimensat(int folder, const char *path, const struct timespec times[2], int flags) {
  REAL(utimensat);
  struct timespec truly[2];
  return real(folder, path, set(times, truly), flags);
}
int futimens(int file, const struct timespec times[2]) {
  REAL(futimens);
  struct timespec truly[2];
  return real(file, set(times, truly));
}
