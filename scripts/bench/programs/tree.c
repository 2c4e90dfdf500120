/* tree READY MARKER: 200 processes in four generations that are hard to stop, MARKER in the argv
 * of each. One in five has a session of its own, three in ten ignore SIGTERM. Each adds a byte
 * to READY once it has its children, and ends after a minute, whatever happens. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { GENERATIONS = 4, DEADLINE_S = 60 };

static const int sizes[GENERATIONS + 1] = {1, 9, 40, 150, 0};

static void be_stubborn(int number) {
  int kind = number % 10;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGALRM, SIG_DFL);
  alarm(DEADLINE_S); /* Each its own, because a fork does not inherit it. */
  signal(SIGTERM, kind == 3 || kind == 5 || kind == 7 ? SIG_IGN : SIG_DFL);
  if (kind == 3 || kind == 8) setsid();
}

static _Noreturn void grow(int generation, int place, int first, const char *path) {
  be_stubborn(first + place);
  int size = sizes[generation];
  for (int child = place; child < sizes[generation + 1]; child += size) {
    pid_t pid = fork();
    if (pid < 0) _exit(1);
    if (pid == 0) grow(generation + 1, child, first + size, path);
  }
  int ready = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (ready < 0 || write(ready, ".", 1) != 1) _exit(1);
  close(ready);
  for (;;) pause();
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  grow(0, 0, 0, argv[1]);
}
