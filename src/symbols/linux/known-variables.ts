import type { Btf } from '../btf/btf.ts';
import { arrayOf, type Type } from '../types.ts';

/** Types of variables that every Linux has, by their names; nothing where the kernel knows no such type. */
export const knownVariables: ReadonlyMap<string, (btf: Btf) => Type | undefined> = new Map([
  ['init_task', struct('task_struct')],
  ['init_mm', struct('mm_struct')],
  ['init_pid_ns', struct('pid_namespace')],
  ['modules', struct('list_head')],
  ['jiffies', integer('unsigned long')],
  ['jiffies_64', integer('unsigned long')],
  ['linux_banner', text],
  ['saved_command_line', (btf) => pointerTo(btf.typeNamed(['char']))],
]);

function struct(name: string): (btf: Btf) => Type | undefined {
  return (btf) => btf.typeNamed(['struct', name]);
}

function integer(name: string): (btf: Btf) => Type | undefined {
  return (btf) => btf.typeNamed(name.split(' '));
}

function text(btf: Btf): Type | undefined {
  const character = btf.typeNamed(['char']);
  return character && arrayOf(character, undefined);
}

function pointerTo(target: Type | undefined): Type | undefined {
  return target && { kind: 'pointer', byteSize: 8, target };
}
