import {
  failure,
  type SbiArguments,
  type SbiExtension,
  type SbiFunction,
  type SbiOutcome,
  type SbiTarget,
} from './sbi.ts';

/** The registers of an SBI call. */
export interface SbiCall {
  /** a7 */
  readonly extension: bigint;
  /** a6 */
  readonly function: bigint;
  readonly arguments: SbiArguments;
}

/** The call that a hart (or vCPU) makes whose registers these are. */
export function callFromRegisters(registers: { getX(index: number): bigint }): SbiCall {
  const a = (index: number): bigint => registers.getX(10 + index);
  return { extension: a(7), function: a(6), arguments: [a(0), a(1), a(2), a(3), a(4), a(5)] };
}

/** Does what the caller asks for; what no extension offers is "not supported" (SBI 3). */
export function callSbi(extensions: readonly SbiExtension[], target: SbiTarget, call: SbiCall): SbiOutcome {
  const found = findSbiFunction(extensions, call);
  return found ? found.function.call(target, call.arguments, extensions) : failure('notSupported');
}

/** Which function a call names: also for records of calls. */
export function findSbiFunction(
  extensions: readonly SbiExtension[],
  call: Pick<SbiCall, 'extension' | 'function'>,
): { readonly extension: SbiExtension; readonly function: SbiFunction } | undefined {
  const extension = extensions.find(({ id }) => BigInt(id) === call.extension);
  const found = extension?.functions.find(({ id }) => extension.legacy || BigInt(id) === call.function);
  return extension && found && { extension, function: found };
}
