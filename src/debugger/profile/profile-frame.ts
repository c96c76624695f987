import type { Stratum } from '../stratum.ts';

/** A box of a flame graph. Frames that are alike are one object. */
export interface ProfileFrame {
  /** As views show it: `pebble!schedule`; what is no function stands in brackets: `[kernel]`. */
  readonly name: string;
  /** A function of guest code; or what holds those inside it: a thread, a process, a stratum. */
  readonly kind: 'function' | 'holder';
  /** Of a holder that is no stratum, none. */
  readonly stratum: Stratum | undefined;
  /** The guest whose code it is, as far as there are guests. */
  readonly guest: string | undefined;
  /** The image's name; of a program that is none, what its kernel calls it, if that is known. */
  readonly image: string | undefined;
  /** Where the function is in the source. */
  readonly file: string | undefined;
  /** From 1. */
  readonly line: number | undefined;
}

/** Makes frames, each but once. */
export class ProfileFrames {
  readonly #known = new Map<string, ProfileFrame>();

  function(of: Omit<ProfileFrame, 'kind'>): ProfileFrame {
    return this.#once({ ...of, kind: 'function' });
  }

  holder(name: string, of: Pick<ProfileFrame, 'stratum' | 'guest'>): ProfileFrame {
    return this.#once({
      name: `[${name}]`,
      kind: 'holder',
      image: undefined,
      file: undefined,
      line: undefined,
      ...of,
    });
  }

  #once(frame: ProfileFrame): ProfileFrame {
    const { kind, stratum, guest, name, file, line } = frame;
    const key = [kind, stratum, guest, name, file, line].join('\0');
    const known = this.#known.get(key) ?? frame;
    this.#known.set(key, known);
    return known;
  }
}
