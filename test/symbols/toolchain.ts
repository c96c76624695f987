import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The C and assembly programs that the symbol tests compile. */
export const PROGRAMS = join(dirname(fileURLToPath(import.meta.url)), 'programs');

const PREFIX = 'riscv64-unknown-elf-';
const built = new Map<string, string>();
let folder: string | undefined;

/**
 * Skips the calling suite where a tool is missing, and says so; on CI that is a failure, since nothing else
 * compares our readers with anything independent.
 */
export function needsTools(suite: Mocha.Suite, ...tools: readonly string[]): void {
  suite.beforeAll(function () {
    const missing = tools.filter((tool) => !isInstalled(tool));
    if (missing.length === 0) return;
    const reason = `not installed: ${missing.join(', ')}`;
    if (process.env['CI']) throw new Error(reason);
    console.warn(`    SKIPPED: ${reason}`);
    this.skip();
  });
}

export const GCC = `${PREFIX}gcc`;
export const READELF = `${PREFIX}readelf`;
export const OBJDUMP = `${PREFIX}objdump`;
export const NM = `${PREFIX}nm`;
export const OBJCOPY = `${PREFIX}objcopy`;
export const GDB = 'gdb-multiarch';
export const QEMU = 'qemu-system-riscv64';

/** Compiles and links programs of {@link PROGRAMS} for RV64, once per set of options; the path of the ELF file. */
export function build(sources: readonly string[], options: readonly string[]): string {
  const key = [...sources, ...options].join(' ');
  const known = built.get(key);
  if (known) return known;
  const output = scratchFile(`${built.size}.elf`);
  run(GCC, [
    '-march=rv64imac_zicsr',
    '-mabi=lp64',
    '-mcmodel=medany',
    '-ffreestanding',
    '-nostdlib',
    '-static',
    '-Wl,--build-id=sha1',
    ...options,
    `-Wl,-T,${join(PROGRAMS, 'program.ld')}`,
    '-o',
    output,
    ...sources.map((source) => join(PROGRAMS, source)),
  ]);
  built.set(key, output);
  return output;
}

/** Options of {@link build} for a program that QEMU's `virt` board can run without a kernel. */
export function liveOptions(options: readonly string[]): readonly string[] {
  return ['-g', '-Wl,--defsym=link_base=0x80000000', ...options];
}

/** What {@link build} builds, as bytes. */
export function buildBytes(sources: readonly string[], options: readonly string[]): Uint8Array {
  return new Uint8Array(readFileSync(build(sources, options)));
}

/** A tool's standard output. */
export function run(tool: string, args: readonly string[]): string {
  return execFileSync(tool, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** What gdb prints when it runs a Python script on a program, by line. */
export function runGdb(path: string, script: readonly string[]): readonly string[] {
  const code = ['import gdb, json, re', ...script].join('\n');
  return run(GDB, ['-batch', '-nx', '-ex', `python exec(${JSON.stringify(code)})`, path])
    .trim()
    .split('\n');
}

/** For each place, the addresses at which gdb sets a breakpoint for it. */
export function gdbBreakpoints(path: string, places: readonly string[]): readonly (readonly string[])[] {
  const lines = runGdb(path, [
    'gdb.execute("set breakpoint pending off")',
    'def stops(place):',
    '    try:',
    '        made = gdb.Breakpoint(place)',
    '    except Exception:',
    '        return []',
    '    text = gdb.execute("info breakpoints %d" % made.number, to_string=True)',
    '    return [hex(int(one, 16)) for one in re.findall("0x[0-9a-f]{16}", text) if int(one, 16) != 0]',
    `for place in ${JSON.stringify(places)}: print("AT", *stops(place))`,
  ]);
  return lines.filter((line) => line.startsWith('AT')).map((line) => line.split(' ').slice(1));
}

/** A path in a folder that goes away when the tests end. */
export function scratchFile(name: string): string {
  if (!folder) {
    const made = mkdtempSync(join(tmpdir(), 'strata-symbols-'));
    folder = made;
    process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  }
  return join(folder, name);
}

function isInstalled(tool: string): boolean {
  try {
    execFileSync(tool, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
