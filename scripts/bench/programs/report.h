/* What a child tells the harness about itself: one JSON object, replaced in one step. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct report {
  double started_s, ended_s; /* CLOCK_MONOTONIC; ended_s is 0 until the end */
  unsigned long long bytes, lines;
};

static double now_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double cpu_s(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
}

static int save(const struct report *report, const char *path) {
  char draft[4096];
  if (snprintf(draft, sizeof draft, "%s.new", path) >= (int)sizeof draft) return -1;
  FILE *file = fopen(draft, "w");
  if (!file) return -1;
  fprintf(file,
          "{\"pid\": %d, \"started_s\": %.9f, \"ended_s\": %.9f, \"cpu_s\": %.6f, "
          "\"emitted_bytes\": %llu, \"lines\": %llu}\n",
          getpid(), report->started_s, report->ended_s, cpu_s(), report->bytes, report->lines);
  return fclose(file) == 0 ? rename(draft, path) : -1;
}
