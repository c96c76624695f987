// The kernel command line (`bootargs` in the device tree).
//
//   run=hello,count      init runs these programs one after the other, then shuts down
//   run="count 3,tick &" arguments, and & for a program that is not waited for
//   scan=frperg          before shutting down, the kernel itself searches all memory it can reach (scan.h)
//
// Without run= or scan= there is a shell on the console.
#pragma once

struct options {
  char *run;   // NULL: not given
  char *scan;
};

extern struct options options;

// Takes the options out of the machine's command line; words it does not know are for someone else.
void options_read(void);
