import { StrataError } from '../../common/errors.ts';
import type { EvaluateResult } from '../debugger.ts';
import type { Target } from '../target/target.ts';
import { completionsOf } from './completion.ts';
import { isTruthy } from './contents.ts';
import { Evaluation } from './evaluation.ts';
import type { EvaluationContext } from './evaluation-context.ts';
import { isTypeName } from './names.ts';
import { parseExpression } from './parse.ts';
import { Presenter } from './present.ts';
import { Surroundings } from './surroundings.ts';
import { ExpressionFault, type Value } from './value.ts';

/** Longer texts are no expressions. */
const longestText = 10_000;

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

  constructor(target: Target) {
    this.#target = target;
  }

  /** The value as a variable that can be opened, and changed where it is somewhere. */
  evaluate(text: string, context: EvaluationContext): EvaluateResult {
    const surroundings = new Surroundings(this.#target, context);
    const result = evaluateIn(text, surroundings);
    if (!result.ok) return result;
    return {
      ok: true,
      variable: this.presenter(surroundings).present(text.trim(), result.value, text.trim()),
    };
  }

  /** The expression as a condition. */
  isTrue(
    text: string,
    context: EvaluationContext,
  ): { readonly ok: true; readonly value: boolean } | { readonly ok: false; readonly message: string } {
    return guarded(() => {
      const result = evaluateIn(text, new Surroundings(this.#target, context));
      return result.ok ? { ok: true, value: isTruthy(result.value) } : result;
    });
  }

  /** Names that could continue `text` at `column` (0-based). */
  complete(text: string, column: number, context: EvaluationContext): readonly string[] {
    const surroundings = new Surroundings(this.#target, context);
    const before = text.slice(0, Math.max(0, column)).slice(-longestText);
    return completionsOf(before, surroundings, (object) => {
      // Completing must not assign.
      const result = object.includes('=') ? undefined : evaluateIn(object, surroundings);
      return result?.ok ? result.value : undefined;
    });
  }

  /** Shows values of these surroundings as variables. */
  presenter(surroundings: Surroundings): Presenter {
    return new Presenter(surroundings, (text) => evaluateIn(text, surroundings));
  }
}

function evaluateIn(text: string, surroundings: Surroundings): Evaluated {
  if (text.length > longestText)
    return { ok: false, message: 'this is too long for an expression', column: 0 };
  return guarded(() => {
    const parsed = parseExpression(text, (name) => isTypeName(name, surroundings));
    if (!parsed.ok)
      return { ok: false, message: parsed.error.message, column: parsed.error.span.start } as const;
    return { ok: true, value: new Evaluation(text, surroundings).evaluate(parsed.expression) } as const;
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
