#include "uart.h"

#include "linux.h"

enum uart_register { RBR_THR_DLL, IER_DLM, IIR_FCR, LCR, MCR, LSR, MSR, SCR };

#define IER_RECEIVED 0x01
#define IER_THR_EMPTY 0x02
#define IIR_NOTHING 0x01
#define IIR_THR_EMPTY 0x02
#define IIR_RECEIVED 0x04
#define IIR_FIFOS 0xc0
#define FCR_ENABLE_FIFOS 0x01
#define FCR_CLEAR_RECEIVER 0x02
#define LCR_DIVISOR 0x80
#define MCR_LOOP 0x10
#define LSR_DATA_READY 0x01
#define LSR_TRANSMITTER_EMPTY 0x60
#define MSR_CONNECTED 0xb0  // DCD, DSR, CTS

#define FIFO_SIZE 16

static struct {
  uint8_t divisor[2];
  uint8_t interrupts;
  uint8_t fifos;
  uint8_t line_control;
  uint8_t modem_control;
  uint8_t scratch;
  // THR has become empty, or the interrupt for that was enabled, and IIR has not told yet.
  bool empty_untold;
  char received[FIFO_SIZE];
  unsigned read, filled;  // these only grow
} uart;

static uint8_t identify(void);
static uint8_t receive(void);
static void transmit(char character);
static uint8_t modem_status(void);

uint8_t uart_load(uint64_t offset) {
  const bool divisor = uart.line_control & LCR_DIVISOR;
  switch (offset) {
    case RBR_THR_DLL: return divisor ? uart.divisor[0] : receive();
    case IER_DLM: return divisor ? uart.divisor[1] : uart.interrupts;
    case IIR_FCR: {
      const uint8_t cause = identify();
      if (cause == IIR_THR_EMPTY) uart.empty_untold = false;
      return cause | uart.fifos;
    }
    case LCR: return uart.line_control;
    case MCR: return uart.modem_control;
    case LSR: return LSR_TRANSMITTER_EMPTY | (uart.read != uart.filled ? LSR_DATA_READY : 0);
    case MSR: return modem_status();
    case SCR: return uart.scratch;
    default: return 0;
  }
}

void uart_store(uint64_t offset, uint8_t value) {
  const bool divisor = uart.line_control & LCR_DIVISOR;
  switch (offset) {
    case RBR_THR_DLL:
      if (divisor) uart.divisor[0] = value;
      else transmit(value);
      break;
    case IER_DLM:
      if (divisor) {
        uart.divisor[1] = value;
        break;
      }
      if (value & ~uart.interrupts & IER_THR_EMPTY) uart.empty_untold = true;
      uart.interrupts = value & 0x0f;
      break;
    case IIR_FCR:
      uart.fifos = value & FCR_ENABLE_FIFOS ? IIR_FIFOS : 0;
      if (value & FCR_CLEAR_RECEIVER) uart.read = uart.filled;
      break;
    case LCR: uart.line_control = value; break;
    case MCR: uart.modem_control = value & 0x1f; break;
    case SCR: uart.scratch = value; break;
  }
}

bool uart_receive(char character) {
  if (uart.filled - uart.read == FIFO_SIZE) return false;
  uart.received[uart.filled++ % FIFO_SIZE] = character;
  return true;
}

bool uart_interrupts(void) {
  return identify() != IIR_NOTHING;
}

static uint8_t identify(void) {
  if (uart.interrupts & IER_RECEIVED && uart.read != uart.filled) return IIR_RECEIVED;
  if (uart.interrupts & IER_THR_EMPTY && uart.empty_untold) return IIR_THR_EMPTY;
  return IIR_NOTHING;
}

static uint8_t receive(void) {
  return uart.read == uart.filled ? 0 : uart.received[uart.read++ % FIFO_SIZE];
}

static void transmit(char character) {
  uart.empty_untold = true;
  if (uart.modem_control & MCR_LOOP) uart_receive(character);
  else write(1, &character, 1);
}

// In a loop the modem's inputs are its outputs: RTS, DTR, OUT1 and OUT2.
static uint8_t modem_status(void) {
  const uint8_t out = uart.modem_control;
  if (!(out & MCR_LOOP)) return MSR_CONNECTED;
  return (out & 2) << 3 | (out & 1) << 5 | (out & 4) << 4 | (out & 8) << 4;
}
