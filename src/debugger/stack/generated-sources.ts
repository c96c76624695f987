import { StrataError } from '../../common/errors.ts';
import type { Source } from '../source.ts';

/** Texts that the debugger writes to be shown as sources: what the VMM does about an exit. Newest are kept. */
export class GeneratedSources {
  readonly #texts = new Map<number, string>();
  readonly #ids = new Map<string, number>();
  #lastId = 0;

  /** The source of this name with this text; the same name with another text is another source. */
  add(name: string, lines: readonly string[]): Source {
    const text = lines.join('\n');
    const key = `${name}\n${text}`;
    const id = this.#ids.get(key) ?? ++this.#lastId;
    this.#ids.set(key, id);
    this.#texts.set(id, text);
    if (this.#texts.size > mostTexts) this.#dropOldest();
    return { kind: 'generated', id, name };
  }

  text(id: number): string {
    const text = this.#texts.get(id);
    if (text === undefined)
      throw new StrataError('unknown-source', 'user', `there is no source ${id}, or it is too long ago`);
    return text;
  }

  #dropOldest(): void {
    const [oldest] = this.#texts.keys();
    if (oldest === undefined) return;
    this.#texts.delete(oldest);
    for (const [key, id] of this.#ids) if (id === oldest) this.#ids.delete(key);
  }
}

const mostTexts = 1000;
