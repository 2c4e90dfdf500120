/* emit CORPUS BYTES REPORT: at least BYTES of log lines to stdout, as fast as it can.
 * Each line of CORPUS ends in ten digits, which become the line's sequence number. */
#include "report.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { DIGITS = 10, CHUNK_BYTES = 64 * 1024 };

static void stamp(char *newline, unsigned long long number) {
  for (int place = 1; place <= DIGITS; place++, number /= 10)
    newline[-place] = (char)('0' + number % 10);
}

static int write_all(const char *from, size_t length) {
  while (length > 0) {
    ssize_t written = write(STDOUT_FILENO, from, length);
    if (written < 0 && errno != EINTR && errno != EAGAIN) return -1;
    if (written > 0) from += written, length -= (size_t)written;
  }
  return 0;
}

static char *load(const char *path, size_t *length) {
  struct stat about;
  int fd = open(path, O_RDONLY);
  if (fd < 0 || fstat(fd, &about) < 0) return NULL;
  *length = (size_t)about.st_size;
  char *text = malloc(*length);
  size_t have = 0;
  while (text && have < *length) {
    ssize_t got = read(fd, text + have, *length - have);
    if (got <= 0) return NULL;
    have += (size_t)got;
  }
  close(fd);
  return text;
}

int main(int argc, char **argv) {
  struct report report = {.started_s = now_s()};
  size_t length = 0;
  char *corpus = argc == 4 ? load(argv[1], &length) : NULL;
  if (!corpus) return 2;
  unsigned long long wanted = strtoull(argv[2], NULL, 10);
  if (save(&report, argv[3]) != 0) return 2;
  while (report.bytes < wanted) {
    char *start = corpus, *line = corpus;
    while (line < corpus + length && report.bytes < wanted) {
      char *newline = memchr(line, '\n', (size_t)(corpus + length - line));
      stamp(newline, report.lines++);
      line = newline + 1;
      if (line - start < CHUNK_BYTES && line < corpus + length) continue;
      if (write_all(start, (size_t)(line - start)) != 0) return 1;
      report.bytes += (unsigned long long)(line - start);
      start = line;
    }
  }
  report.ended_s = now_s();
  return save(&report, argv[3]) == 0 ? 0 : 1;
}
