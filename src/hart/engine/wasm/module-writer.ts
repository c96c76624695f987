import { ByteWriter } from './byte-writer.ts';
import { CodeWriter, type FunctionIndex, type Local, type TypeIndex } from './code-writer.ts';
import { valueType, type ValueType } from './opcodes.ts';

/** Parameters and results of a function. */
export interface Signature {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

interface Import {
  readonly module: string;
  readonly name: string;
}

/**
 * A WebAssembly module in the making (wasm 5.5). It imports one memory and perhaps a table of functions, defines
 * functions and exports them by name. Bodies are written as they are defined; the other sections are short and written by `finish`.
 */
export class ModuleWriter {
  readonly #memory: Import & { readonly pages: number };
  readonly #table: Import | undefined;
  readonly #signatures: Signature[] = [];
  readonly #functions: { readonly name: string; readonly type: number }[] = [];
  readonly #bodies = new ByteWriter(1 << 16);

  /** `pages` is the smallest size, in 64 KiB, of a memory that the module accepts. */
  constructor(memory: Import & { readonly pages: number }, table?: Import) {
    this.#memory = memory;
    this.#table = table;
  }

  /** The number of a function type, for indirect calls. */
  type(signature: Signature): TypeIndex {
    return this.#typeOf(signature);
  }

  /**
   * Defines and exports a function. `body` gets the locals: first the parameters, then one for each of
   * `locals`, which start as zero.
   */
  function(
    name: string,
    signature: Signature,
    locals: readonly ValueType[],
    body: (code: CodeWriter, locals: readonly Local[]) => void,
  ): FunctionIndex {
    this.#functions.push({ name, type: this.#typeOf(signature) });
    this.#bodies.sized(() => {
      this.#bodies.unsigned(locals.length);
      for (const type of locals) {
        this.#bodies.unsigned(1);
        this.#bodies.byte(valueType[type]);
      }
      const code = new CodeWriter(this.#bodies);
      body(
        code,
        [...signature.parameters, ...locals].map((_, index) => index as Local),
      );
      code.finish();
    });
    return (this.#functions.length - 1) as FunctionIndex;
  }

  /** The module in wasm's binary format. */
  finish(): Uint8Array {
    const out = new ByteWriter(this.#bodies.length + 1024);
    out.append(magicAndVersion);
    const section = (id: number, count: number, items: () => void): void => {
      out.byte(id);
      out.sized(() => {
        out.unsigned(count);
        items();
      });
    };
    section(sectionId.type, this.#signatures.length, () => {
      for (const signature of this.#signatures) writeSignature(out, signature);
    });
    section(sectionId.import, this.#table === undefined ? 1 : 2, () => {
      out.text(this.#memory.module);
      out.text(this.#memory.name);
      out.byte(externalKind.memory);
      out.byte(noMaximum);
      out.unsigned(this.#memory.pages);
      if (this.#table === undefined) return;
      out.text(this.#table.module);
      out.text(this.#table.name);
      out.byte(externalKind.table);
      out.byte(functionReference);
      out.byte(noMaximum);
      out.unsigned(1);
    });
    section(sectionId.function, this.#functions.length, () => {
      for (const { type } of this.#functions) out.unsigned(type);
    });
    section(sectionId.export, this.#functions.length, () => {
      for (const [index, { name }] of this.#functions.entries()) {
        out.text(name);
        out.byte(externalKind.function);
        out.unsigned(index);
      }
    });
    section(sectionId.code, this.#functions.length, () => out.append(this.#bodies.bytes));
    return out.bytes;
  }

  #typeOf(signature: Signature): TypeIndex {
    const text = JSON.stringify(signature);
    const known = this.#signatures.findIndex((other) => JSON.stringify(other) === text);
    return (known >= 0 ? known : this.#signatures.push(signature) - 1) as TypeIndex;
  }
}

function writeSignature(out: ByteWriter, { parameters, results }: Signature): void {
  out.byte(0x60);
  for (const types of [parameters, results]) {
    out.unsigned(types.length);
    for (const type of types) out.byte(valueType[type]);
  }
}

const magicAndVersion = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
const sectionId = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;
const externalKind = { function: 0x00, table: 0x01, memory: 0x02 } as const;
const noMaximum = 0x00;
const functionReference = 0x70;
