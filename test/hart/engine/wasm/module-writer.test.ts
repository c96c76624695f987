import assert from 'node:assert/strict';
import { wasm, type WasmFunction } from '../../../../src/common/web-assembly.ts';
import { ModuleWriter, type Signature } from '../../../../src/hart/engine/wasm/module-writer.ts';
import type { CodeWriter, Label, Local } from '../../../../src/hart/engine/wasm/code-writer.ts';
import { memoryOpcode, plainOpcode, type ValueType } from '../../../../src/hart/engine/wasm/opcodes.ts';

describe('hart/engine/wasm/module-writer', () => {
  it('writes functions that run, with parameters, locals and calls', () => {
    const module = newModule();
    const square = module.function('square', unary, [], (code, [n]) => {
      code.get(n as Local);
      code.get(n as Local);
      code.plain('i32.mul');
    });
    module.function('fourth', unary, ['i32'], (code, [n, kept]) => {
      code.get(n as Local);
      code.call(square);
      code.tee(kept as Local);
      code.call(square);
    });
    const { fourth } = instantiate(module);
    assert.equal(fourth?.(3), 81);
  });

  it('branches to the label that was meant from any depth', () => {
    const code = instantiate(
      single((out, [n, result]) => {
        const give = (value: number, end: Label): void => {
          out.i32(value);
          out.set(result as Local);
          out.br(end);
        };
        out.block((done) => {
          out.block((two) => {
            out.block((one) => {
              out.block((zero) => {
                out.get(n as Local);
                out.brTable([zero, one, two], done);
              });
              give(100, done);
            });
            out.get(n as Local);
            out.if(
              () => give(101, done),
              () => give(-1, done),
            );
          });
          give(102, done);
        });
        out.get(result as Local);
      }),
    );
    assert.deepEqual(
      [0, 1, 2, 3].map((n) => code['f']?.(n)),
      [100, 101, 102, 0],
    );
  });

  it('loops until a condition leaves', () => {
    const sum = single((out, [n, total]) => {
      out.block((done) => {
        out.loop((again) => {
          out.get(n as Local);
          out.plain('i32.eqz');
          out.brIf(done);
          out.get(total as Local);
          out.get(n as Local);
          out.plain('i32.add');
          out.set(total as Local);
          out.get(n as Local);
          out.i32(-1);
          out.plain('i32.add');
          out.set(n as Local);
          out.br(again);
        });
      });
      out.get(total as Local);
    });
    assert.equal(instantiate(sum)['f']?.(100), 5050);
  });

  it('loads and stores in the imported memory', () => {
    const memory = new wasm.Memory({ initial: 1, maximum: 1 });
    const module = single((out, [n]) => {
      out.get(n as Local);
      out.i64(-2n);
      out.memory('i64.store', 0x100);
      out.get(n as Local);
      out.memory('i32.load16_u', 0x106);
    });
    assert.equal(instantiate(module, memory)['f']?.(8), 0xffff);
    assert.equal(new DataView(memory.buffer).getBigInt64(0x108, true), -2n);
  });

  it('refuses a branch to a block that is not open', () => {
    assert.throws(
      () =>
        single((out) => {
          let closed: Label = { depth: 0 };
          out.block((label) => (closed = label));
          out.br(closed);
        }),
      /open around it/,
    );
  });

  it('knows every opcode as wasm does: each validates where its operands are given', () => {
    for (const opcode of Object.keys(plainOpcode) as (keyof typeof plainOpcode)[]) {
      // Without operands only what follows `unreachable` validates, whatever the operands are.
      const module = newModule();
      module.function('f', { parameters: [], results: [] }, [], (out) => {
        out.plain('unreachable');
        out.plain(opcode);
        out.plain('unreachable');
      });
      assert.ok(wasm.validate(module.finish()), opcode);
    }
    for (const opcode of Object.keys(memoryOpcode) as (keyof typeof memoryOpcode)[]) {
      const module = newModule();
      module.function('f', { parameters: [], results: [] }, [], (out) => {
        out.plain('unreachable');
        out.memory(opcode, 0);
        out.plain('unreachable');
      });
      assert.ok(wasm.validate(module.finish()), opcode);
    }
  });
});

const unary: Signature = { parameters: ['i32'], results: ['i32'] };

function newModule(): ModuleWriter {
  return new ModuleWriter({ module: 'machine', name: 'memory', pages: 1 });
}

/** A module with one function `f` of an i32 that has a local i32. */
function single(body: (code: CodeWriter, locals: readonly Local[]) => void): ModuleWriter {
  const module = newModule();
  const locals: readonly ValueType[] = ['i32'];
  module.function('f', unary, locals, body);
  return module;
}

function instantiate(
  module: ModuleWriter,
  memory = new wasm.Memory({ initial: 1, maximum: 1 }),
): Readonly<Record<string, WasmFunction | undefined>> {
  const bytes = module.finish();
  assert.ok(wasm.validate(bytes));
  const instance = new wasm.Instance(new wasm.Module(bytes), { machine: { memory } });
  return instance.exports as Readonly<Record<string, WasmFunction | undefined>>;
}
