// The first process. Runs what the kernel command line asked for and then shuts down; with nothing asked for,
// runs the shell.
#include "library/pebble.h"

int main(int argc, char *argv[]) {
  if (argc == 1) {
    char shell[] = "sh";
    struct command command;
    parse_command(shell, &command);
    shutdown(run_command(&command));
  }
  int failed = 0;
  for (int i = 1; i < argc; i++) {
    struct command command;
    parse_command(argv[i], &command);
    if (command.count > 0 && run_command(&command) != 0) failed = 1;
  }
  shutdown(failed);
}
