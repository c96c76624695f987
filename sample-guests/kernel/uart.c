#include "uart.h"

#include "layout.h"
#include "machine.h"
#include "sbi.h"

// Registers, one byte each; the first is two registers: RBR when read, THR when written.
enum uart_register {
  RBR = 0,  // receiver buffer
  THR = 0,  // transmitter holding
  IER = 1,  // interrupt enable
  FCR = 2,  // FIFO control
  LSR = 5,  // line status
};

#define IER_RECEIVED 0x01
#define FCR_ENABLE_FIFOS 0x01
#define LSR_DATA_READY 0x01
#define LSR_THR_EMPTY 0x20

// Volatile: each access must happen, in this order. Under a VMM each is an exit.
static volatile uint8_t *registers(void) {
  return (volatile uint8_t *)(machine.uart.start + KERNEL_OFFSET);
}

void uart_start(void) {
  if (machine.uart.size == 0) return;
  registers()[FCR] = FCR_ENABLE_FIFOS;
  registers()[IER] = IER_RECEIVED;
}

void uart_put(char character) {
  if (machine.uart.size == 0) {
    sbi_put_character(character);
    return;
  }
  while (!(registers()[LSR] & LSR_THR_EMPTY)) {
  }
  registers()[THR] = character;
}

int uart_get(void) {
  if (machine.uart.size == 0 || !(registers()[LSR] & LSR_DATA_READY)) return -1;
  return registers()[RBR];
}
