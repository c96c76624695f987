import type { Evaluator } from '../expressions/evaluator.ts';
import { Surroundings } from '../expressions/surroundings.ts';
import type { Activation } from '../stack/activation.ts';
import type { FrameSubject } from '../stack/stack.ts';
import type { Target } from '../target/target.ts';
import type { Scope } from '../variable.ts';
import { exitScope, exitScopes } from './exit-scopes.ts';
import { floatScopes } from './float-registers.ts';
import { frameScopes } from './frame-scopes.ts';
import { processView } from './process-view.ts';
import { systemView } from './system-view.ts';

/** What scopes are made with. */
export interface ScopeSources {
  readonly target: Target;
  readonly evaluator: Evaluator;
}

/**
 * The scopes of a frame: its variables and registers, then views of the strata around it. What they hold is found
 * out when they are opened, and looking changes nothing.
 */
export function scopesOf(subject: FrameSubject, { target, evaluator }: ScopeSources): readonly Scope[] {
  switch (subject.kind) {
    case 'boundary':
      return [];
    case 'exit': {
      const { thread, record } = subject;
      const context = {
        thread,
        activation: undefined,
        exit: record,
        trap: undefined,
        precedence: 'event',
      } as const;
      const surroundings = new Surroundings(target, context);
      return exitScopes(record, surroundings, evaluator.presenter(surroundings));
    }
    case 'activation': {
      const { activation } = subject;
      const { thread } = activation;
      const context = {
        thread,
        activation,
        exit: undefined,
        trap: undefined,
        precedence: 'frame',
      } as const;
      const surroundings = new Surroundings(target, context);
      const presenter = evaluator.presenter(surroundings);
      return [
        ...frameScopes(surroundings, presenter),
        ...floatScopes(surroundings, presenter),
        ...vmmScopes(activation, { target, evaluator }),
        processView(surroundings),
        systemView(surroundings, presenter),
      ];
    }
  }
}

/** In a frame of a VMM that is software of the machine: the exit that it handles. */
function vmmScopes({ thread, mode }: Activation, { target, evaluator }: ScopeSources): readonly Scope[] {
  const exit = target.observed && !mode.virtual ? target.exitUnderWay(thread) : undefined;
  if (exit === undefined) return [];
  const context = { thread, activation: undefined, exit, trap: undefined, precedence: 'event' } as const;
  const surroundings = new Surroundings(target, context);
  return [exitScope(exit, surroundings, evaluator.presenter(surroundings))];
}
