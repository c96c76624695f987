import assert from 'node:assert/strict';
import { Handles } from '../../src/dap/handles.ts';
import { presentVariable } from '../../src/dap/present.ts';
import type { Variable } from '../../src/debugger/variable.ts';

/** A struct called `point` with one member. */
function struct(value: string): Variable {
  return { name: 'point', value: '{…}', children: () => [{ name: 'x', value }] };
}

describe('dap/handles', () => {
  it('tells two variables of one name apart', () => {
    const handles = new Handles();
    const values = [struct('1'), struct('2')]
      .map((variable) => presentVariable(variable, handles).variablesReference)
      .map((reference) => handles.container(reference)()[0]?.value);
    assert.deepEqual(values, ['1', '2']);
  });

  it('names nothing by a reference of an earlier stop, nor gives it again', () => {
    const handles = new Handles();
    const { variablesReference } = presentVariable(struct('1'), handles);
    handles.forgetStop();
    assert.throws(() => handles.container(variablesReference), /no variables behind reference/);
    assert.notEqual(presentVariable(struct('1'), handles).variablesReference, variablesReference);
  });
});
