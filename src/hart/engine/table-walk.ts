import type { MachineMemory } from '../memory.ts';
import { pteBit } from '../translation/page-table.ts';
import { findTable, type WalkLocals, type WalkStage } from './find-table.ts';
import type { CodeWriter, FunctionIndex, Local } from './wasm/code-writer.ts';
import type { ModuleWriter } from './wasm/module-writer.ts';

/** What a function that walks tables gives where it leaves the walk to TypeScript. */
export const notFound = -1n;

/**
 * Writes a function that finds the page to which a page is mapped, or gives `notFound`: parameters are the context, the
 * page (address >> 12), and the access (0 to read, 1 to write, 2 to fetch). It is the walk of `QuickWalk` without what is
 * seldom: each table lies in RAM, and the context depends on it already; entries have none of their upper bits.
 */
export function writeTableWalk(module: ModuleWriter, memory: MachineMemory, stage: WalkStage): FunctionIndex {
  return module.function(
    stage.name,
    { parameters: ['i32', 'i64', 'i32'], results: ['i64'] },
    ['i64', 'i64', 'i64', 'i64', 'i32', 'i32', 'i32'],
    (code, [context, page, access, shift, table, entry, result, rule, levels, place]) => {
      const locals = { context, page, access, shift, table, entry, result, rule, levels, place };
      writeWalk(code, locals as WalkLocals, memory, stage);
    },
  );
}

function writeWalk(code: CodeWriter, locals: WalkLocals, memory: MachineMemory, stage: WalkStage): void {
  const { context, page, shift, table, entry, result, rule, levels, place } = locals;
  code.get(context);
  code.memory('i32.load', stage.levels);
  code.tee(levels);
  code.plain('i32.eqz');
  code.if(
    () => {
      code.get(page);
      code.set(result);
    },
    () =>
      code.block((found) => {
        code.block((leave) => {
          writeStart(code, locals, stage);
          const leaveIf = (opcode?: 'i32.eqz' | 'i64.ne'): void => {
            if (opcode !== undefined) code.plain(opcode);
            code.brIf(leave);
          };
          checkRange(code, locals, stage, leaveIf);
          code.loop((next) => {
            findTable(code, locals, memory, stage, leaveIf);
            // The entry, at (index of the page at this level) × 8.
            code.get(place);
            code.i32(12);
            code.plain('i32.shl');
            code.get(page);
            code.get(shift);
            code.plain('i64.shr_u');
            code.plain('i32.wrap_i64');
            code.i32(511);
            code.plain('i32.and');
            code.i32(3);
            code.plain('i32.shl');
            code.plain('i32.add');
            code.memory('i64.load', memory.ramOffset);
            code.tee(entry);
            code.i64(54n);
            code.plain('i64.shr_u');
            code.i64(0n);
            leaveIf('i64.ne');
            isSet(code, entry, pteBit.read | pteBit.write, pteBit.write);
            leaveIf();
            // Neither R nor X: a pointer to the next table.
            isSet(code, entry, pteBit.read | pteBit.execute, 0);
            code.if(() => {
              isSet(code, entry, 0xff & ~pteBit.global, pteBit.valid);
              leaveIf('i32.eqz');
              code.get(shift);
              code.plain('i64.eqz');
              leaveIf();
              code.get(entry);
              code.i64(10n);
              code.plain('i64.shr_u');
              code.set(table);
              code.get(shift);
              code.i64(9n);
              code.plain('i64.sub');
              code.set(shift);
              code.br(next);
            });
          });
          // A leaf: the low byte of the rule says which bits count, the next one which are set.
          code.get(entry);
          code.plain('i32.wrap_i64');
          code.get(rule);
          code.plain('i32.and');
          code.i32(0xff);
          code.plain('i32.and');
          code.get(rule);
          code.i32(8);
          code.plain('i32.shr_u');
          code.plain('i32.ne');
          leaveIf();
          // Of a superpage the low bits of the page number are 0, and are those of the page.
          code.get(entry);
          code.i64(10n);
          code.plain('i64.shr_u');
          code.tee(result);
          code.i64(1n);
          code.get(shift);
          code.plain('i64.shl');
          code.i64(1n);
          code.plain('i64.sub');
          code.tee(entry);
          code.plain('i64.and');
          code.i64(0n);
          leaveIf('i64.ne');
          code.get(page);
          code.get(entry);
          code.plain('i64.and');
          code.get(result);
          code.plain('i64.or');
          code.set(result);
          code.br(found);
        });
        code.i64(notFound);
        code.set(result);
      }),
  );
  code.get(result);
}

/** The rule of the access, the bits below the root's index, and the root. */
function writeStart(code: CodeWriter, locals: WalkLocals, stage: WalkStage): void {
  const { context, page, access, shift, table, rule, levels } = locals;
  code.get(access);
  code.i32(2);
  code.plain('i32.shl');
  code.get(context);
  code.plain('i32.add');
  code.memory('i32.load', stage.rules);
  code.set(rule);
  code.get(levels);
  code.i32(9);
  code.plain('i32.mul');
  code.i32(9);
  code.plain('i32.sub');
  code.plain('i64.extend_i32_u');
  code.set(shift);
  code.get(context);
  code.memory('i64.load', stage.root);
  code.set(table);
  if (stage.extraRootBits === 0) return;
  // The root is several pages, one after the other.
  code.get(page);
  code.get(shift);
  code.i64(9n);
  code.plain('i64.add');
  code.plain('i64.shr_u');
  code.get(table);
  code.plain('i64.add');
  code.set(table);
}

/** Leaves where bits above those that are translated say something: the first stage extends the sign. */
function checkRange(
  code: CodeWriter,
  { page, shift }: WalkLocals,
  stage: WalkStage,
  leaveIf: (opcode?: 'i64.ne') => void,
): void {
  if (stage.extraRootBits > 0) {
    code.get(page);
    code.get(shift);
    code.i64(BigInt(9 + stage.extraRootBits));
    code.plain('i64.add');
    code.plain('i64.shr_u');
    code.i64(0n);
    leaveIf('i64.ne');
    return;
  }
  // Of 52 bits: the highest that is translated, and those above, are all 0 or all 1.
  const shifted = (): void => {
    code.get(page);
    code.i64(12n);
    code.plain('i64.shl');
    code.get(shift);
    code.i64(20n);
    code.plain('i64.add');
    code.plain('i64.shr_s');
  };
  shifted();
  code.i64(1n);
  code.plain('i64.add');
  code.i64(1n);
  code.plain('i64.gt_u');
  leaveIf();
}

/** Leaves whether of the bits of an entry just these are set. */
function isSet(code: CodeWriter, entry: Local, bits: number, set: number): void {
  code.get(entry);
  code.plain('i32.wrap_i64');
  code.i32(bits);
  code.plain('i32.and');
  code.i32(set);
  code.plain('i32.eq');
}
