// The shell: reads lines, runs programs.
#include "library/pebble.h"

static void help(void) {
  print("programs:");
  char name[16];
  for (uint64_t i = 0; program_name(i, name, sizeof name) == 0; i++) print(" %s", name);
  print("\nNAME WORDS... runs a program and waits for it; with & at the end it does not wait.\n");
  print("help   this text\nps     the processes\nexit   leave the shell: without one, the machine stops\n");
  print("Control-C ends the program, Control-U the line, Control-D the input.\n");
}

static void list_processes(void) {
  print("%4s %6s  %-8s %-8s %6s %8s %7s %7s\n", "PID", "PARENT", "NAME", "STATE", "PAGES", "SYSCALLS", "FAULTS",
        "SLICES");
  struct process_info info;
  for (uint64_t i = 0; process_info(i, &info) == 0; i++) {
    print("%4d %6d  %-8s %-8s %6ld %8ld %7ld %7ld\n", info.pid, info.parent, info.name, info.state, info.pages,
          info.system_calls, info.page_faults, info.time_slices);
  }
}

static void report_ended_children(void) {
  int status;
  for (long pid = wait(0, &status, WAIT_NO_HANG); pid > 0; pid = wait(0, &status, WAIT_NO_HANG)) {
    print("[%ld] ended with status %d\n", pid, status);
  }
}

static void execute(const struct command *command) {
  const char *name = command->words[0];
  if (strcmp(name, "help") == 0) help();
  else if (strcmp(name, "ps") == 0) list_processes();
  else if (strcmp(name, "exit") == 0) exit(0);
  else if (strcmp(name, "shutdown") == 0) shutdown(0);
  else run_command(command);
}

int main(void) {
  print("Type help for help.\n");
  for (;;) {
    report_ended_children();
    print("$ ");
    char line[128];
    long length = read(STANDARD_INPUT, line, sizeof line - 1);
    if (length <= 0) {
      print("\n");
      return 0;
    }
    line[length] = 0;
    struct command command;
    parse_command(line, &command);
    if (command.count > 0) execute(&command);
  }
}
