// The guest's console: a 16550 UART whose transmitter is always ready.
#pragma once
#include "../kernel/common/types.h"

uint8_t uart_load(uint64_t offset);
void uart_store(uint64_t offset, uint8_t value);
// A character typed; false where there is no room for it yet.
bool uart_receive(char character);
bool uart_interrupts(void);
