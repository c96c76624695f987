// Who gets the hart: every process that wants it, in turn, for a time slice.
#pragma once

// Never returns: runs one process after the other, and waits for interrupts when none is ready.
__attribute__((noreturn)) void scheduler_run(void);
// Gives the hart away; returns when it is this process's turn again.
void scheduler_yield(void);
// The same, when the process has already said (in its state) that it waits for something.
void scheduler_leave(void);
// Wakes those whose time has come.
void scheduler_timer(void);
