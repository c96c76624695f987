import type { Dwarf } from './dwarf/dwarf.ts';
import { baseName, commonSuffix } from './source-paths.ts';
import type { LineTables, UnitLines } from './unit-lines.ts';

/** A unit that names a source. */
export interface SourcePlace {
  readonly lines: UnitLines;
  /** Numbers of the source in that unit: version 5 names the main file twice. */
  readonly files: Set<number>;
}

/** The source that agrees best with a path. */
export interface MatchedSource {
  readonly path: string;
  readonly places: readonly SourcePlace[];
  /** Path components that agree, counted from the file's name. */
  readonly agreement: number;
  readonly exact: boolean;
}

/** Which units name which files. */
export class SourceIndex {
  readonly #places = new Map<string, SourcePlace[]>();
  readonly #byName = new Map<string, string[]>();
  #paths: readonly string[] | undefined;

  constructor(dwarf: Dwarf, lines: LineTables) {
    const seen = new Set<UnitLines>();
    for (const unit of dwarf.units) {
      const unitLines = lines.of(unit);
      if (!unitLines || seen.has(unitLines)) continue;
      seen.add(unitLines);
      for (let file = 0; file < unitLines.fileCount; file++) this.#add(unitLines, file);
    }
  }

  get paths(): readonly string[] {
    this.#paths ??= [...this.#places.keys()].toSorted();
    return this.#paths;
  }

  match(path: string): MatchedSource | undefined {
    const places = this.#places.get(path);
    if (places) return { path, places, agreement: path.split('/').length, exact: true };
    let best: { readonly path: string; readonly agreement: number } | undefined;
    for (const candidate of this.#byName.get(baseName(path)) ?? []) {
      const agreement = commonSuffix(candidate, path);
      if (!best || agreement > best.agreement) best = { path: candidate, agreement };
    }
    if (!best) return undefined;
    const exact = best.agreement === best.path.split('/').length;
    return { ...best, places: this.#places.get(best.path) ?? [], exact };
  }

  #add(lines: UnitLines, file: number): void {
    const path = lines.path(file);
    // `<built-in>` and `<command-line>` are the preprocessor's, and no files.
    if (path === undefined || path.endsWith('>')) return;
    let places = this.#places.get(path);
    if (!places) {
      this.#places.set(path, (places = []));
      const name = baseName(path);
      const others = this.#byName.get(name);
      if (others) others.push(path);
      else this.#byName.set(name, [path]);
    }
    const last = places.at(-1);
    if (last?.lines === lines) last.files.add(file);
    else places.push({ lines, files: new Set([file]) });
  }
}
