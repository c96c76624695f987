// The terminal that the program was started on, as the guest's console: every key goes to the guest, except for
// Control-A x, which ends it.
#pragma once
#include "../kernel/common/types.h"

// Keys from now on come one by one, and `on_key` is called, as a signal, when there may be some.
void terminal_open(void (*on_key)(int signal));
// Puts the terminal back as it was.
void terminal_close(void);
// The next key, or -1; `*ends` is set by Control-A x.
int terminal_key(bool *ends);
