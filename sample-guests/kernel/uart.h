// The serial line: an NS16550A, the console of QEMU's `virt` machine.
#pragma once
#include "common/types.h"

// From here on a character that arrives raises the UART's interrupt.
void uart_start(void);
// Waits until the transmitter is free, then hands it the character. Without a UART the firmware prints.
void uart_put(char character);
// The next character received, or -1.
int uart_get(void);
