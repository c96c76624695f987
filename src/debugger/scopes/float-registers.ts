import { formatAddress } from '../../common/address.ts';
import { boxOf, floatFormats } from '../../isa/float-formats.ts';
import type { FloatFormat } from '../../isa/float-semantics.ts';
import { csrByName } from '../../isa/csrs/index.ts';
import { floatAbiNames } from '../../isa/registers.ts';
import { boxed, unboxed } from '../../hart/floating-point-state.ts';
import { convert } from '../../hart/floating-point/operations.ts';
import type { Presenter } from '../expressions/present.ts';
import type { Surroundings } from '../expressions/surroundings.ts';
import type { AssignResult, Scope, Variable } from '../variable.ts';
import { csrRow } from './system-view.ts';

/** fcsr, decoded, and f0 to f31 as numbers of each format; nothing where the processor has none. */
export function floatScopes(surroundings: Surroundings, presenter: Presenter): readonly Scope[] {
  const { cpu } = surroundings.thread;
  const fcsr = csrByName.get('fcsr');
  if (fcsr === undefined || cpu.getCsr('fcsr') === undefined || !surroundings.hasProcessor) return [];
  return [
    {
      name: 'Floating point',
      kind: 'registers',
      expensive: true,
      variables: () => {
        const control = csrRow(fcsr, cpu, presenter, '$fcsr');
        const rows = floatAbiNames.map((name, index) => registerRow(name, index, surroundings, presenter));
        return control ? [control, ...rows] : rows;
      },
    },
  ];
}

/** Shown in the narrowest format that it is boxed for; opens to all of them, and to its bits. */
function registerRow(
  name: string,
  index: number,
  { thread: { cpu } }: Surroundings,
  presenter: Presenter,
): Variable {
  const row = (label: string, format: FloatFormat): Variable => ({
    name: label,
    value: numberText(cpu.getF(index), format),
    type: floatFormats[format].name,
    assign: presenter.assigning((text) => {
      const number = numberOf(text);
      if (number === undefined) return { ok: false, message: `'${text}' is no number` };
      cpu.setF(index, boxed(bitsOf(number, format), format));
      return { ok: true, value: numberText(cpu.getF(index), format) };
    }),
  });
  const bits: Variable = {
    name: 'bits',
    value: formatAddress(cpu.getF(index)),
    evaluateName: `$${name}`,
    assign: presenter.assigning((text) => writeBits(text, (value) => cpu.setF(index, value))),
  };
  const format = formatOf(cpu.getF(index));
  return {
    ...row(name, format),
    evaluateName: `$${name}`,
    children: () => [row('double', 'd'), row('single', 's'), row('half', 'h'), bits],
  };
}

/** A double has other bits above the lower ones, unless it is a NaN of a strange kind. */
function formatOf(register: bigint): FloatFormat {
  if ((register & boxOf('h')) === boxOf('h')) return 'h';
  return (register & boxOf('s')) === boxOf('s') ? 's' : 'd';
}

function numberText(register: bigint, format: FloatFormat): string {
  const number = doubleOf(convert(unboxed(register, format), format, 'd', 0).bits);
  if (Object.is(number, -0)) return '-0';
  // The shortest that the format reads back as the same.
  return String(format === 's' && Number.isFinite(number) ? shortest(number) : number);
}

function shortest(single: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const text = Number(single.toPrecision(digits));
    if (Math.fround(text) === single) return text;
  }
  return single;
}

/** A number as people write it, or `inf`, `nan`; undefined for other text. */
function numberOf(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  const special = /^([+-]?)(inf|infinity)$/.exec(trimmed);
  if (special) return special[1] === '-' ? -Infinity : Infinity;
  if (trimmed === 'nan') return Number.NaN;
  const number = trimmed === '' ? Number.NaN : Number(trimmed);
  return Number.isNaN(number) ? undefined : number;
}

function writeBits(text: string, write: (value: bigint) => void): AssignResult {
  try {
    const value = BigInt.asUintN(64, BigInt(text.trim()));
    write(value);
    return { ok: true, value: formatAddress(value) };
  } catch {
    return { ok: false, message: `'${text}' is no integer` };
  }
}

const view = new DataView(new ArrayBuffer(8));

function bitsOf(number: number, format: FloatFormat): bigint {
  view.setFloat64(0, number);
  const double = Number.isNaN(number) ? floatFormats.d.canonicalNaN : view.getBigUint64(0);
  return convert(double, 'd', format, 0).bits;
}

function doubleOf(bits: bigint): number {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}
