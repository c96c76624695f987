import { assert } from '../../common/errors.ts';
import { wasm, type WasmModule, type WasmTable } from '../../common/web-assembly.ts';
import type { InstructionAlignment } from '../../isa/configuration/isa.ts';
import type { MachineMemory } from '../memory.ts';
import { writeInterpreter, type Interpreter } from './interpreter.ts';

/** The interpreter for one hart (its number) of a machine; `regions` are the functions that it may call. */
export function createInterpreter(
  memory: MachineMemory,
  hart: number,
  alignment: InstructionAlignment,
  regions: WasmTable,
): Interpreter {
  const module = moduleFor(memory, hart, alignment);
  const instance = new wasm.Instance(module, { machine: { memory: memory.wasm, regions } });
  return { run: instance.exports['run'] as Interpreter['run'] };
}

/**
 * Machines that are alike share a module, with all that V8 has made of it since: else the next machine of a process
 * would wait for that again.
 */
function moduleFor(memory: MachineMemory, hart: number, alignment: InstructionAlignment): WasmModule {
  const { harts, ramBase, ramSize, predecodedPages } = memory;
  const place = harts[hart];
  assert(place !== undefined, `the memory has no room for hart ${hart}`);
  // All offsets in the memory follow from these.
  const key = [harts.length, hart, ramBase, ramSize, predecodedPages, alignment].join();
  const module = modules.get(key) ?? new wasm.Module(writeInterpreter(memory, place, alignment));
  // The one that was asked for last is the last to go.
  modules.delete(key);
  modules.set(key, module);
  const [first] = modules.keys();
  if (modules.size > mostModules && first !== undefined) modules.delete(first);
  return module;
}

/** As many as a machine has harts. */
const mostModules = 8;
const modules = new Map<string, WasmModule>();
