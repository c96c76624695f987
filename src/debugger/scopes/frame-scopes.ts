import { abiNames } from '../../isa/registers.ts';
import type { VariableSymbol } from '../../symbols/variable-index.ts';
import { localsOf, variableValue } from '../expressions/names.ts';
import type { Presenter } from '../expressions/present.ts';
import { registerValue } from '../expressions/registers.ts';
import type { Surroundings } from '../expressions/surroundings.ts';
import type { StratumImage } from '../images/image-set.ts';
import type { Scope, Variable } from '../variable.ts';
import { groupRow } from './row.ts';

/** More globals than this are shown by the file that they are of. */
const longestList = 100;

/** Arguments and locals where there are any, registers and globals of an activation. */
export function frameScopes(surroundings: Surroundings, presenter: Presenter): readonly Scope[] {
  const { ownImage } = surroundings;
  const locals = (
    name: string,
    kind: 'arguments' | 'locals',
    which: VariableSymbol['kind'],
  ): readonly Scope[] => {
    const symbols = localsOf(surroundings).filter((symbol) => symbol.kind === which);
    const variables = (): readonly Variable[] =>
      symbols.map((symbol) =>
        presenter.present(symbol.name, variableValue(symbol, surroundings), symbol.name),
      );
    return symbols.length === 0 ? [] : [{ name, kind, expensive: false, variables }];
  };
  const globals: readonly Scope[] = ownImage
    ? [
        {
          name: `Globals of ${stem(ownImage)}`,
          kind: 'view',
          expensive: true,
          variables: () => globalsOf(ownImage, surroundings, presenter),
        },
      ]
    : [];
  return [
    ...locals('Arguments', 'arguments', 'parameter'),
    ...locals('Locals', 'locals', 'local'),
    {
      name: 'Registers',
      kind: 'registers',
      expensive: false,
      variables: () => registersOf(surroundings, presenter),
    },
    ...globals,
  ];
}

/** pc, then x1 to x31 by their names in the calling convention. */
export function registersOf(surroundings: Surroundings, presenter: Presenter): readonly Variable[] {
  return ['pc', ...abiNames.slice(1)].map((name) => {
    const shown = presenter.present(name, registerValue(name, surroundings), `$${name}`);
    if (surroundings.hasProcessor) return shown;
    const { assign: _assign, ...fixed } = shown;
    return fixed;
  });
}

function globalsOf(
  image: StratumImage,
  surroundings: Surroundings,
  presenter: Presenter,
): readonly Variable[] {
  const symbols = [...image.symbols.globals()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const show = (symbol: VariableSymbol): Variable =>
    presenter.present(symbol.name, variableValue(symbol, surroundings), `${stem(image)}!${symbol.name}`);
  if (symbols.length <= longestList) return symbols.map(show);
  const files = new Map<string, VariableSymbol[]>();
  for (const symbol of symbols) {
    const file = symbol.file ?? 'of no file';
    files.set(file, [...(files.get(file) ?? []), symbol]);
  }
  return [...files]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, ofFile]) => groupRow(file, `${ofFile.length}`, () => ofFile.map(show)));
}

function stem({ name }: StratumImage): string {
  return name.replace(/\.[^.]*$/, '');
}
