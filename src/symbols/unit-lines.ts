import { DW_AT } from './dwarf/constants.ts';
import type { Dwarf, DwarfUnit } from './dwarf/dwarf.ts';
import { type LineHeader, readLineHeader } from './dwarf/line-header.ts';
import { runLineProgram } from './dwarf/line-program.ts';
import { EMPTY_LINE_TABLE, type LineTable } from './dwarf/line-table.ts';
import { type PathRemap, joinPath, remapPath } from './source-paths.ts';

/** The line numbers of one unit: the table of files at once, the rows when first asked for. */
export class UnitLines {
  readonly #section: Uint8Array;
  readonly #header: LineHeader | undefined;
  readonly #directory: string;
  readonly #remaps: readonly PathRemap[];
  readonly #paths: (string | undefined)[] = [];
  #table: LineTable | undefined;

  constructor(
    section: Uint8Array,
    header: LineHeader | undefined,
    directory: string,
    remaps: readonly PathRemap[],
  ) {
    this.#section = section;
    this.#header = header;
    this.#directory = directory;
    this.#remaps = remaps;
  }

  get table(): LineTable {
    this.#table ??= this.#header ? runLineProgram(this.#section, this.#header) : EMPTY_LINE_TABLE;
    return this.#table;
  }

  get fileCount(): number {
    return this.#header?.files.length ?? 0;
  }

  /** Full path, remapped, of a file by the number that rows and DW_AT_decl_file use. */
  path(file: number): string | undefined {
    const known = this.#paths[file];
    if (known !== undefined) return known;
    const entry = this.#header?.files[file];
    if (!entry || entry.name === '') return undefined;
    const within = this.#header?.directories[entry.directory] ?? '';
    const path = remapPath(joinPath(joinPath(this.#directory, within), entry.name), this.#remaps);
    this.#paths[file] = path;
    return path;
  }
}

/** The line numbers of all units; units that share a program (DW_AT_stmt_list) share what is read from it. */
export class LineTables {
  readonly #dwarf: Dwarf;
  readonly #remaps: readonly PathRemap[];
  readonly #byOffset = new Map<number, UnitLines>();

  constructor(dwarf: Dwarf, remaps: readonly PathRemap[]) {
    this.#dwarf = dwarf;
    this.#remaps = remaps;
  }

  of(unit: DwarfUnit): UnitLines | undefined {
    const offset = unit.root.attribute(DW_AT.stmt_list)?.sectionOffset();
    if (offset === undefined) return undefined;
    const known = this.#byOffset.get(offset);
    if (known) return known;
    const { line } = this.#dwarf.sections;
    const { strings, directory, name } = unit;
    const header = readLineHeader({ section: line, strings, directory, name }, offset);
    if (!header) {
      this.#dwarf.log.warn(
        `.debug_line: the line table at ${offset} is damaged; its lines are unknown.`,
        offset,
      );
    }
    const lines = new UnitLines(line, header, directory, this.#remaps);
    this.#byOffset.set(offset, lines);
    return lines;
  }
}
