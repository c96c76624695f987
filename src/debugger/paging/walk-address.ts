import { gpa, hpa } from '../../common/address.ts';
import { addressInPage } from '../../common/page.ts';
import { hartMode, type HartMode } from '../../hart/hart-mode.ts';
import { accessRegime, type TranslationRegime } from '../../hart/translation/regime.ts';
import type { WalkStep } from '../../hart/translation/walk.ts';
import { schemeOf } from '../../isa/translation-schemes.ts';
import type { DebugThread, Target } from '../target/target.ts';
import type { AddressWalk, TablePass, WalkAccess, WalkOutcome, WalkStage } from './address-walk.ts';
import { faultOutcome } from './fault.ts';
import { ownerOf } from './owner.ts';
import { passesOf } from './table-passes.ts';
import { verdictOf } from './verdict.ts';

/**
 * Walks an address through every stage and level as an access by the thread's code would: in its present mode, or
 * as its kernel or its process. Nothing changes, not even an A or D bit.
 */
export function walkAddress(
  target: Target,
  thread: DebugThread,
  address: bigint,
  access: WalkAccess,
  as?: 'process' | 'kernel',
): AddressWalk {
  const regime = regimeFor(thread, access, as);
  const mode = hartMode(regime.privilege, regime.virtual);
  const stages = stagesOf(regime);
  const steps: WalkStep[] = [];
  const observer = (step: WalkStep): void => void steps.push(step);
  const found = thread.hart.walker.walk({ address, access, regime, effects: 'none', observer });
  const passes = passesOf(steps, address, access, stages);
  const subject = { target, thread, address, access, mode, passes };
  const outcome =
    typeof found === 'number'
      ? mappedOutcome(subject, addressInPage(found, address))
      : faultOutcome(subject, found);
  const walk = { address, access, mode, stages, passes, outcome };
  return { ...walk, verdict: verdictOf(walk) };
}

function mappedOutcome(
  subject: {
    readonly target: Target;
    readonly thread: DebugThread;
    readonly address: bigint;
    readonly access: WalkAccess;
    readonly mode: HartMode;
    readonly passes: readonly TablePass[];
  },
  found: bigint,
): WalkOutcome {
  const { target, access, address, mode, passes } = subject;
  const owner = ownerOf(target, hpa(found), access === 'write' ? 'write' : 'read');
  if (owner.kind === 'nothing') return faultOutcome(subject, { kind: 'access' }, 'nothing-there');
  const virtual = passes.find(({ stage }) => stage.name === 'VS-stage')?.output ?? address;
  return { kind: 'mapped', hpa: hpa(found), gpa: mode.virtual ? gpa(virtual) : undefined, owner };
}

function regimeFor(
  { cpu, hart, vcpu }: DebugThread,
  access: WalkAccess,
  as: 'process' | 'kernel' | undefined,
): TranslationRegime {
  const { mode } = cpu;
  if (as !== undefined) return cpu.regime(hartMode(as === 'process' ? 0 : 1, mode.virtual));
  // Priv. 3.1.6.3: with MPRV, loads and stores of M mode are translated as those of mstatus.MPP.
  const isMachineData = mode.privilege === 3 && vcpu === undefined && access !== 'execute';
  return isMachineData ? accessRegime(hart.state, 'normal') : cpu.regime();
}

function stagesOf({ virtual, privilege, satp, hgatp }: TranslationRegime): readonly WalkStage[] {
  if (privilege === 3) return [];
  const scheme = schemeOf('satp', satp);
  if (!virtual) return [{ name: 'S-stage', register: 'satp', value: satp, scheme }];
  return [
    { name: 'VS-stage', register: 'vsatp', value: satp, scheme },
    { name: 'G-stage', register: 'hgatp', value: hgatp, scheme: schemeOf('hgatp', hgatp) },
  ];
}
