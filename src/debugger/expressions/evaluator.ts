import { StrataError } from '../../common/errors.ts';
import { Emitter } from '../../common/event.ts';
import type { EvaluateResult } from '../debugger.ts';
import type { Type } from '../../symbols/types.ts';
import type { Target } from '../target/target.ts';
import { completionsOf } from './completion.ts';
import { isTruthy } from './contents.ts';
import { Evaluation } from './evaluation.ts';
import type { EvaluationContext } from './evaluation-context.ts';
import { formatValue } from './format.ts';
import { isTypeName } from './names.ts';
import { parseExpression } from './parse.ts';
import { Presenter } from './present.ts';
import { Surroundings } from './surroundings.ts';
import { offerAt, type WatchOffer, type WatchRequest } from '../watches/watch-offer.ts';
import { ExpressionFault, type Value } from './value.ts';

/** Longer texts are no expressions. */
const longestText = 10_000;

/** What an expression comes to where only a sentence says why it does not. */
type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

type Evaluated =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly message: string; readonly column: number };

/**
 * The debugger's expression language: C on the types of the images, with registers (`$a0`, `$satp.MODE`), images
 * (`sh!buffer`), slices (`table[0..8]`), spaces (`gpa(x)`, `hpa(x)`, `walk(x)`) and what is known of an exit or a
 * trap. Whatever the text, the outcome is a value or one sentence about a column.
 */
export class Evaluator {
  readonly #target: Target;
  readonly #didAssign = new Emitter<void>();
  /** An expression, or a user's new value for a variable, wrote memory or a register. */
  readonly onDidAssign = this.#didAssign.event;
  /** Types of what was offered to be watched, by its `dataId`. */
  readonly offeredTypes = new Map<string, Type>();

  constructor(target: Target) {
    this.#target = target;
  }

  /** The value as a variable that can be opened, and changed where it is somewhere. A look may not assign. */
  evaluate(text: string, context: EvaluationContext, purpose: 'act' | 'look' = 'act'): EvaluateResult {
    const surroundings = new Surroundings(this.#target, context);
    const didAssign = (): void => this.#didAssign.fire();
    const result = evaluateIn(text, surroundings, purpose === 'act' ? didAssign : undefined);
    if (!result.ok) return result;
    return {
      ok: true,
      variable: this.presenter(surroundings).present(text.trim(), result.value, text.trim()),
    };
  }

  /** What a data breakpoint on the value would watch, or on the bytes from an address on. */
  offer(text: string, what: WatchRequest, context: EvaluationContext): WatchOffer {
    const surroundings = new Surroundings(this.#target, context);
    const result = guarded(() => {
      if (!what.isAddress) return this.#offerOf(text, surroundings, what.bytes);
      const evaluate = (): Value => {
        const found = evaluateIn(text, surroundings);
        if (!found.ok) throw new ExpressionFault(found.message);
        return found.value;
      };
      return offerAt(text, evaluate, surroundings, what.bytes);
    });
    return result.ok ? result : { ok: false, message: result.message };
  }

  #offerOf(text: string, surroundings: Surroundings, bytes: number | undefined): WatchOffer {
    const found = evaluateIn(text, surroundings);
    if (!found.ok) return { ok: false, message: found.message };
    const variable = this.presenter(surroundings).present(text.trim(), found.value, text.trim());
    return variable.watch?.(bytes) ?? { ok: false, message: `${text} cannot be watched` };
  }

  /** The expression as a condition. It may not assign: what depends on being watched cannot be replayed. */
  isTrue(text: string, context: EvaluationContext): Answer<boolean> {
    return guarded(() => {
      const result = evaluateIn(text, new Surroundings(this.#target, context));
      return result.ok ? { ok: true, value: isTruthy(result.value) } : result;
    });
  }

  /** The value in one line, as log points print it. Like a condition, it may not assign. */
  textOf(text: string, context: EvaluationContext): Answer<string> {
    const surroundings = new Surroundings(this.#target, context);
    const result = evaluateIn(text, surroundings);
    return result.ok ? { ok: true, value: formatValue(result.value, surroundings) } : result;
  }

  /** Names that could continue `text` at `column` (0-based). */
  complete(text: string, column: number, context: EvaluationContext): readonly string[] {
    const surroundings = new Surroundings(this.#target, context);
    const before = text.slice(0, Math.max(0, column)).slice(-longestText);
    return completionsOf(before, surroundings, (object) => {
      const result = evaluateIn(object, surroundings);
      return result.ok ? result.value : undefined;
    });
  }

  /** Shows values of these surroundings as variables. */
  presenter(surroundings: Surroundings): Presenter {
    return new Presenter(surroundings, {
      readText: (text) => evaluateIn(text, surroundings),
      didAssign: () => this.#didAssign.fire(),
      didOffer: (dataId, { type, bits }) => {
        if (bits === undefined) this.offeredTypes.set(dataId, type);
      },
    });
  }
}

/** Assignments are refused where nobody is to be told of them. */
function evaluateIn(text: string, surroundings: Surroundings, didAssign?: () => void): Evaluated {
  if (text.length > longestText)
    return { ok: false, message: 'this is too long for an expression', column: 0 };
  return guarded(() => {
    const parsed = parseExpression(text, (name) => isTypeName(name, surroundings));
    if (!parsed.ok)
      return { ok: false, message: parsed.error.message, column: parsed.error.span.start } as const;
    const { expression } = parsed;
    if (expression.kind === 'assignment' && didAssign === undefined)
      return { ok: false, message: 'nothing can be assigned here', column: expression.span.start } as const;
    const value = new Evaluation(text, surroundings).evaluate(expression);
    if (expression.kind === 'assignment') didAssign?.();
    return { ok: true, value } as const;
  });
}

/** Faults, and what the machine says cannot be done, are answers. */
function guarded<T>(
  action: () => T,
): T | { readonly ok: false; readonly message: string; readonly column: number } {
  try {
    return action();
  } catch (thrown) {
    if (thrown instanceof ExpressionFault)
      return { ok: false, message: thrown.message, column: thrown.column ?? 0 };
    if (thrown instanceof StrataError) return { ok: false, message: thrown.message, column: 0 };
    throw thrown;
  }
}
