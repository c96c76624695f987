import type { Hart } from '../hart/hart.ts';
import { interruptCode } from '../hart/trap.ts';
import type { Guest } from './guest.ts';

/** What of a guest input is for: its UART, its virtio console, or the gateway of its network. */
type Addressee = 'serial' | 'virtio' | 'network';

/** Input on its way to a guest. */
interface Letter {
  readonly guest: number;
  readonly to: Addressee;
  readonly bytes: Uint8Array;
}

/** What is saved of a mailbox: its letters, oldest first. */
export type MailboxState = readonly { readonly [name: string]: number | string | Uint8Array }[];

/**
 * Where console input waits until the VMM has the hart. The machine level tells HS mode that there is some by
 * setting mip.SEIP, as firmware may (Priv. 3.1.9): in a running guest that is an exit, in a waiting hart the end
 * of the wait.
 */
export class InputMailbox {
  readonly #hart: Hart;
  readonly #guests: readonly Guest[];
  #letters: Letter[] = [];

  constructor(hart: Hart, guests: readonly Guest[]) {
    this.#hart = hart;
    this.#guests = guests;
  }

  /** Takes input for a guest's console. */
  post(guest: Guest, to: Addressee, bytes: Uint8Array): void {
    this.#letters.push({ guest: guest.number, to, bytes });
    this.#setPending(true);
  }

  /** Hands it to the guests' consoles, and takes back the interrupts by which the VMM was called. */
  deliver(): void {
    const letters = this.#letters;
    this.#letters = [];
    this.#setPending(false);
    this.#hart.csrs.poke('sip', 0n);
    for (const { guest: number, to, bytes } of letters) {
      const guest = this.#guests[number];
      if (to === 'serial') guest?.uart.receive(bytes);
      else if (to === 'virtio') guest?.virtioConsole?.receive(bytes);
      else guest?.card?.port.receiveFromOutside(bytes);
    }
  }

  save(): MailboxState {
    return this.#letters.map(({ guest, to, bytes }) => ({ guest, to, bytes }));
  }

  restore(state: MailboxState): void {
    this.#letters = state.map(({ guest, to, bytes }) => ({
      guest: guest as number,
      to: to as Addressee,
      bytes: bytes as Uint8Array,
    }));
  }

  #setPending(pending: boolean): void {
    const software = this.#hart.state.getCsr('mip');
    const bit = 1n << BigInt(interruptCode.supervisorExternal);
    this.#hart.csrs.poke('mip', pending ? software | bit : software & ~bit);
  }
}
