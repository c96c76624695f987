import { QEMU, build, liveOptions, runGdb } from '../../symbols/toolchain.ts';

/** What gdb says about a program at one stop, and the state of the machine that it says it of. */
export interface LiveStop {
  readonly pc: bigint;
  readonly x: readonly bigint[];
  readonly frames: readonly LiveFrame[];
  readonly memory: Uint8Array;
}

export interface LiveFrame {
  readonly name: string | null;
  readonly pc: bigint;
  readonly sp: bigint;
  readonly line: number;
  readonly isInlined: boolean;
  readonly variables: readonly LiveVariable[];
}

/** `value` of a scalar, `address` of an aggregate in memory, neither of what is optimized out. */
export interface LiveVariable {
  readonly name: string;
  readonly value?: bigint;
  readonly address?: bigint;
}

/** Where the programs are linked and loaded so that QEMU can run them. */
const LIVE_BASE = 0x8000_0000n;
const MEMORY_SIZE = 0x2800;

/** Runs a program on QEMU's bare `virt` board and asks gdb about every stop: `steps` instructions from `first` on. */
export function liveStops(
  sources: readonly string[],
  options: readonly string[],
  first: string,
  steps: number,
): readonly LiveStop[] {
  const path = build(sources, liveOptions(options));
  const lines = runGdb(path, [
    ...REPORT,
    'gdb.execute("set pagination off")',
    // gdb starts and ends QEMU, and speaks to it through a pipe.
    `gdb.execute("target remote | ${QEMU} -machine virt -bios none -kernel ${path} -display none -serial none -monitor none -S -gdb stdio", to_string=True)`,
    `gdb.Breakpoint("${first}", temporary=True)`,
    'gdb.execute("continue", to_string=True)',
    `for _ in range(${steps}):`,
    '    report()',
    '    gdb.execute("stepi", to_string=True)',
    // QEMU ends at once, sometimes before it has said goodbye.
    'try: gdb.execute("kill", to_string=True)',
    'except gdb.error: pass',
  ]);
  return lines.filter((line) => line.startsWith('{')).map(parseStop);
}

const REPORT: readonly string[] = [
  'MASK = (1 << 64) - 1',
  'SCALARS = (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_PTR, gdb.TYPE_CODE_ENUM, gdb.TYPE_CODE_BOOL, gdb.TYPE_CODE_CHAR)',
  'def variable(symbol, frame):',
  '    value = symbol.value(frame)',
  '    try:',
  '        if value.is_optimized_out: return {"name": symbol.name}',
  '        if value.type.strip_typedefs().code in SCALARS: return {"name": symbol.name, "value": str(int(value) & MASK)}',
  '        return {"name": symbol.name, "address": str(int(value.address))} if value.address is not None else {"name": symbol.name}',
  '    except gdb.error:',
  '        return {"name": symbol.name}',
  'def variables(frame):',
  '    try: block = frame.block()',
  '    except RuntimeError: return []',
  '    found = []',
  '    while block is not None:',
  '        found += [variable(one, frame) for one in block if one.is_variable or one.is_argument]',
  '        if block.function is not None: return found',
  '        block = block.superblock',
  '    return found',
  'def report():',
  '    frame = gdb.newest_frame()',
  '    x = [str(int(frame.read_register("x%d" % n)) & MASK) for n in range(32)]',
  '    memory = bytes(gdb.selected_inferior().read_memory(0x80000000, 0x2800)).hex()',
  '    frames = []',
  '    pc = frame.pc()',
  '    while frame is not None and len(frames) < 20:',
  '        frames.append({"name": frame.name(), "pc": str(frame.pc()), "sp": str(int(frame.read_register("sp")) & MASK), "line": frame.find_sal().line, "isInlined": frame.type() == gdb.INLINE_FRAME, "variables": variables(frame)})',
  '        frame = frame.older()',
  '    print(json.dumps({"pc": str(pc), "x": x, "frames": frames, "memory": memory}))',
];

/** Numbers travel as decimal strings, since JSON's do not have 64 bits. */
function parseStop(line: string): LiveStop {
  const stop = JSON.parse(line, (key, value: unknown) =>
    typeof value === 'string' && key !== 'name' && key !== 'memory' ? BigInt(value) : value,
  ) as Omit<LiveStop, 'memory'> & { readonly memory: string };
  return { ...stop, memory: new Uint8Array(Buffer.from(stop.memory, 'hex')) };
}

/** The memory of a stop, as an unwinder reads it. */
export function memoryOf({ memory }: LiveStop): (address: bigint, length: number) => Uint8Array | undefined {
  return (address, length) => {
    const offset = Number(address - LIVE_BASE);
    return offset >= 0 && offset + length <= MEMORY_SIZE
      ? memory.subarray(offset, offset + length)
      : undefined;
  };
}
