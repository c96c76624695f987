import type { Diagnostic, Result } from '../common/diagnostic.ts';

/** More would say nothing new about a damaged file. */
const MOST_KEPT = 100;

/** Collects what is wrong with one file while it is read; a message said twice is kept once. */
export class DiagnosticLog {
  readonly #list: Diagnostic[] = [];
  readonly #seen = new Set<string>();

  get all(): readonly Diagnostic[] {
    return this.#list;
  }

  warn(message: string, offset: number | undefined, remedy?: string): void {
    if (this.#list.length >= MOST_KEPT || this.#seen.has(message)) return;
    this.#seen.add(message);
    this.#list.push(diagnostic('warning', message, offset, remedy));
  }
}

/** A result that failed for one reason. */
export function refusal(message: string, offset: number | undefined, remedy: string): Result<never> {
  return { ok: false, diagnostics: [diagnostic('error', message, offset, remedy)] };
}

function diagnostic(
  severity: Diagnostic['severity'],
  message: string,
  offset: number | undefined,
  remedy: string | undefined,
): Diagnostic {
  return {
    severity,
    message,
    ...(offset === undefined ? {} : { offset }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}
