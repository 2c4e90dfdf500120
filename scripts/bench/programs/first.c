/* first REPORT: says when its first instruction ran, then rests. */
#include "report.h"

int main(int argc, char **argv) {
  struct report report = {.started_s = now_s()};
  if (argc != 2 || save(&report, argv[1]) != 0) return 2;
  for (;;) pause();
}
