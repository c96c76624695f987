import type { TrapRecord } from '../../hart/trap-records.ts';
import type { CallerFrame, FrameRegisters } from '../../symbols/unwind.ts';
import { stratumOf } from '../target/cpu.ts';
import type { DebugThread, Target } from '../target/target.ts';
import type { Activation, LevelStart } from './activation.ts';
import { entryOfLevel } from './level-entry.ts';
import { entriesOf, takeRecord } from './trap-entries.ts';

/** A level of the stack: activations of one stratum, and the trap by which the stratum below called it. */
export interface StackLevel {
  readonly activations: readonly Activation[];
  /** What led here from the next level; undefined at the end of the stack. */
  readonly enteredBy: TrapRecord | undefined;
}

/** Deeper than this nobody looks, and a stack that a guest made circular ends. */
const mostFrames = 400;

/** Unwinds a thread's guest code through all its strata, innermost first. */
export function unwindThread(target: Target, thread: DebugThread): readonly StackLevel[] {
  const { cpu } = thread;
  const { hgatp } = cpu.regime();
  const levels: StackLevel[] = [];
  const records = entriesOf(target, thread);
  const x = Array.from({ length: 32 }, (_, index) => cpu.getX(index));
  let start: Start = { mode: cpu.mode, root: cpu.root, hgatp, registers: { pc: cpu.pc, x, pcKind: 'exact' } };
  const seen = new Set<string>();
  for (let frames = 0; frames < mostFrames;) {
    // A guest that traps again and again at one place has called nothing there: once says it all.
    const key = `${start.registers.pc}:${start.registers.x[2]}:${start.mode.privilege}`;
    if (seen.has(key)) break;
    seen.add(key);
    const record = takeRecord(records, start);
    const limits = { isInnermost: levels.length === 0, most: mostFrames - frames, enteredBy: record };
    const activations = unwindLevel(target, thread, start, limits);
    const enteredBy = entryOfLevel(target, thread, records, { start, activations, record });
    frames += activations.length;
    levels.push({ activations, enteredBy });
    if (enteredBy === undefined) break;
    start = startAt(enteredBy);
  }
  return levels;
}

interface Limits {
  readonly isInnermost: boolean;
  readonly most: number;
  readonly enteredBy: TrapRecord | undefined;
}

interface Start extends LevelStart {
  readonly hgatp: bigint;
  readonly registers: FrameRegisters;
}

function unwindLevel(
  target: Target,
  thread: DebugThread,
  { mode, root, hgatp, registers }: Start,
  { isInnermost, most, enteredBy }: Limits,
): readonly Activation[] {
  const stratum = stratumOf(mode);
  const regime = { ...thread.cpu.regime(mode), satp: root, hgatp };
  const readMemory = (address: bigint, length: number): Uint8Array => target.read(address, length, regime);
  // A module's functions are called by the kernel, and call it.
  const isCode = (address: bigint): boolean =>
    target.images.of(stratum, thread.guest?.name).length > 1 &&
    target.imageAt(address, stratum, thread.guest?.name, regime) !== undefined;
  const activations: Activation[] = [];
  let current: FrameRegisters | undefined = registers;
  while (current !== undefined && activations.length < most) {
    const pc = current.pcKind === 'exact' ? current.pc : current.pc - 1n;
    const image = target.imageAt(pc, stratum, thread.guest?.name, regime);
    const caller: Caller | undefined =
      image === undefined ? callOfNothing(current) : image.symbols.unwind(current, readMemory, 0n, isCode);
    activations.push({
      thread,
      mode,
      stratum,
      regime,
      root,
      registers: current,
      cfa: caller?.cfa,
      image,
      inlineDepth: 0,
      isInnermost: isInnermost && activations.length === 0,
    });
    // A return address outside any code is the end of the stack: the kernel put it there, or nothing did.
    const next: FrameRegisters | undefined = caller?.registers;
    if (next === undefined || target.imageAt(next.pc - 1n, stratum, thread.guest?.name, regime) === undefined)
      break;
    // What the trap interrupted is the next level, also where the handler's frame information leads on into it.
    if (
      enteredBy !== undefined &&
      stratumOf(enteredBy.from) === stratum &&
      leadsBelow(current, next, enteredBy)
    )
      break;
    current = next;
  }
  return activations;
}

type Caller = Pick<CallerFrame, 'registers' | 'cfa'>;

/** Does a handler's caller belong to what the trap interrupted? ra is the interrupted code's until the handler calls. */
function leadsBelow(current: FrameRegisters, next: FrameRegisters, { pc, ra }: TrapRecord): boolean {
  return next.pc === pc || (current.pcKind === 'exact' && next.pc === ra);
}

/** Where there is no code, a call has led there, and ra says whence. */
function callOfNothing({ pcKind, x }: FrameRegisters): Caller | undefined {
  const ra = x[1];
  if (pcKind !== 'exact' || ra === undefined) return undefined;
  return { registers: { pc: ra, x, pcKind: 'return-address' }, cfa: x[2] };
}

/** Of the interrupted code, only what the record kept is known: what the handler saved, it saved where it liked. */
function startAt(record: TrapRecord): Start {
  const x: (bigint | undefined)[] = Array.from({ length: 32 }, () => undefined);
  x[0] = 0n;
  x[1] = record.ra;
  x[2] = record.sp;
  x[8] = record.fp;
  x[17] = record.a7;
  return {
    mode: record.from,
    root: record.root,
    hgatp: record.hgatp,
    registers: { pc: record.pc, x, pcKind: 'exact' },
  };
}
