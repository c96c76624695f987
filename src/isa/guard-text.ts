import type { Guard } from './instruction.ts';

/** One line for each exception that the guards may raise, in the order in which they are asked. */
export function guardTexts(guards: readonly Guard[]): readonly string[] {
  return guards.map(({ modes, field, equals, raises, source }) => {
    const where = field === undefined ? '' : ` where ${field} = ${equals}`;
    return `${raises.replace('-', ' ')} in ${modes.join(', ')}${where} (${source})`;
  });
}

/** The same as a markdown list; empty where nothing is raised. */
export function guardList(guards: readonly Guard[]): string {
  return guards.length === 0
    ? ''
    : `Raises:\n${guardTexts(guards)
        .map((text) => `- ${text}`)
        .join('\n')}`;
}
