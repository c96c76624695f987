import { InvalidArgumentError, type Command } from 'commander';
import { StrataError } from '../common/errors.ts';
import { readIsa, readNamed } from '../dap/launch.ts';
import { isLinuxImage } from '../debugger/target/load-image.ts';
import { decoderOf, type Decode } from '../isa/decode.ts';
import { disassemble, disassembleData } from '../isa/disassemble.ts';
import { kernelOffset, virtMemoryMap } from '../machine/memory-map.ts';
import { symbolsOfImage } from '../symbols/linux/listed-kernel.ts';
import { loadImage, type SymbolImage } from '../symbols/symbol-index.ts';

interface DisasmOptions {
  readonly function?: string;
  readonly from?: bigint;
  readonly to?: bigint;
  readonly isa?: string;
  readonly source?: true;
  readonly json?: true;
}

/** `strata disasm`: the code of an ELF file, with symbols and lines; of a flat Linux Image, with symbols. */
export function addDisasmCommand(program: Command): void {
  program
    .command('disasm')
    .description('Disassemble the code of an ELF file, or of a flat Linux Image.')
    .argument('<image>', 'ELF file, or Linux Image')
    .option('--function <name>', 'only functions of this name; * and ? are wildcards')
    .option('--from <address>', 'from this address on', parseAddress)
    .option('--to <address>', 'up to this address', parseAddress)
    .option('--isa <set>', 'instructions to know, as for strata run; others are shown as data', 'default')
    .option('--source', 'with the source line where it changes')
    .option('--json', 'a JSON line for each instruction')
    .addHelpText(
      'after',
      '\nExamples:\n  strata disasm kernel.elf --function trap_entry --source\n  strata disasm kernel.elf --from 0x80200000 --to 0x80200040',
    )
    .action(async (path: string, options: DisasmOptions) => {
      const image = await readImage(path);
      const decode = decoderOf(readIsa(options.isa ?? 'default'));
      for (const range of rangesOf(image, options)) print(image, range, decode, options);
    });
}

/** An ELF file; or a flat Linux Image, which has symbols of its own. */
async function readImage(path: string): Promise<SymbolImage> {
  const { bytes } = await readNamed(path, 'image');
  const loaded = loadImage(path, bytes);
  if (loaded.ok) return loaded.value;
  const { ram } = virtMemoryMap;
  const flat = isLinuxImage(bytes) ? symbolsOfImage(bytes, BigInt(ram.base + kernelOffset)) : undefined;
  if (flat !== undefined) return flat;
  const problems = loaded.diagnostics.map(({ message, remedy = '' }) =>
    `${path}: ${message} ${remedy}`.trimEnd(),
  );
  throw new StrataError('bad-image', 'user', problems.join('\n'));
}

interface Range {
  readonly low: bigint;
  readonly high: bigint;
}

function rangesOf(
  image: SymbolImage,
  { function: name, from = 0n, to = 1n << 64n }: DisasmOptions,
): readonly Range[] {
  const whole = [...image.textPages()].map(({ virtualAddress, bytes }) => ({
    low: virtualAddress,
    high: virtualAddress + BigInt(bytes.length),
  }));
  const functions = name === undefined ? whole : image.functionsNamed(name).flatMap((found) => found.ranges);
  if (functions.length === 0)
    throw new StrataError('no-function', 'user', `no function is called '${name ?? ''}'`);
  return joined(functions)
    .map(({ low, high }) => ({ low: low < from ? from : low, high: high > to ? to : high }))
    .filter(({ low, high }) => low < high);
}

/** Ranges that touch become one, so that no instruction is cut at a page's end. */
function joined(ranges: readonly Range[]): readonly Range[] {
  const result: Range[] = [];
  for (const range of ranges.toSorted((a, b) => (a.low < b.low ? -1 : 1))) {
    const last = result.at(-1);
    if (last !== undefined && range.low <= last.high)
      result[result.length - 1] = { low: last.low, high: range.high };
    else result.push(range);
  }
  return result;
}

function print(image: SymbolImage, { low, high }: Range, decode: Decode, options: DisasmOptions): void {
  let line = '';
  const symbolAt = (address: bigint): string | undefined => nameOf(image, address);
  for (let pc = low; pc < high;) {
    const bytes = image.codeAt(pc, 4);
    const word = bytes.reduceRight((value, byte) => value * 256 + byte, 0);
    const decoded = decode(word);
    const length = decoded?.length ?? ((word & 3) === 3 ? 4 : 2);
    const text =
      decoded === undefined ? disassembleData(word, length) : disassemble(decoded, { pc, symbolAt });
    const symbol = image.symbolAt(pc);
    const source = image.lineAt(pc);
    if (options.json === true) {
      const position = source && { file: source.file, line: source.line };
      process.stdout.write(
        `${JSON.stringify({ address: `0x${pc.toString(16)}`, bytes: hex(bytes, length), text, symbol: nameOf(image, pc), ...position })}\n`,
      );
    } else {
      if (symbol?.offset === 0n)
        process.stdout.write(`\n${pc.toString(16).padStart(16, '0')} <${symbol.symbol.name}>:\n`);
      const here = source === undefined ? '' : `${source.file}:${source.line}`;
      if (options.source === true && here !== line && here !== '') process.stdout.write(`; ${here}\n`);
      line = here;
      process.stdout.write(`${pc.toString(16).padStart(12)}:  ${hex(bytes, length).padEnd(8)}  ${text}\n`);
    }
    pc += BigInt(length);
  }
}

function nameOf(image: SymbolImage, address: bigint): string | undefined {
  const found = image.symbolAt(address);
  return found && `${found.symbol.name}${found.offset === 0n ? '' : `+0x${found.offset.toString(16)}`}`;
}

function hex(bytes: Uint8Array, length: number): string {
  return [...bytes.subarray(0, length)]
    .toReversed()
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

function parseAddress(text: string): bigint {
  if (!/^(0x[0-9a-fA-F]{1,16}|[0-9]{1,19})$/.test(text))
    throw new InvalidArgumentError('An address is 0x80200000, for example.');
  return BigInt(text);
}
