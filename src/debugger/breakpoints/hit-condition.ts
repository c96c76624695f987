/** Decides by the number of hits so far, this one counted: `5` and `== 5`, `> 5`, `>= 5`, `< 5`, `<= 5`, `% 3`. */
export type HitCondition = (hits: number) => boolean;

/** Reads a hit condition; nothing where the text is none. */
export function parseHitCondition(text: string): HitCondition | undefined {
  const parts = /^\s*(==?|>=?|<=?|%)?\s*([0-9]{1,15})\s*$/.exec(text);
  if (parts === null) return undefined;
  const count = Number(parts[2]);
  switch (parts[1] ?? '==') {
    case '>':
      return (hits) => hits > count;
    case '>=':
      return (hits) => hits >= count;
    case '<':
      return (hits) => hits < count;
    case '<=':
      return (hits) => hits <= count;
    case '%':
      return count === 0 ? undefined : (hits) => hits % count === 0;
    default:
      return (hits) => hits === count;
  }
}

/** What to say of a text that is no hit condition. */
export const hitConditionHelp = 'write how many hits as 5, == 5, > 5, >= 5, < 5, <= 5 or % 3';
