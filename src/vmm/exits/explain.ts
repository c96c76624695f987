import { formatAddress } from '../../common/address.ts';
import { exceptionNames, interrupts } from '../../isa/causes.ts';
import { stageCount, type ExitStage } from './actions.ts';
import { handlerOf } from './handlers.ts';
import type { ExitRecord } from './record.ts';
import { titleOf } from './title.ts';
import { formatBits } from './words.ts';

/** The handling of an exit as a text that a debugger can show as a source and step through. */
export interface ExitExplanation {
  readonly lines: readonly string[];
  /** 1-based line of the stage that comes next; of the last stage when all are done. */
  readonly currentLine: number;
  /** The line of each stage, by the stage's number. */
  readonly stageLines: readonly number[];
}

/** A stage and what it found or did, in a sentence or more. */
export interface StageSummary {
  readonly stage: ExitStage;
  readonly summary: string;
}

/** Says in the guest's terms what each stage did; of stages that are not done yet, what they are going to do. */
export function summarizeStages(record: ExitRecord): readonly StageSummary[] {
  if (record.stages.length === 0) return [];
  const { decode, find, act } = handlerOf(
    record.cause,
    record.isInterrupt ? 'interrupt' : 'exception',
    record.deviceNumber === undefined ? 'elsewhere' : 'device',
  ).explain(record);
  const summaries = [exitText(record), decode, find, act, resumeText(record)];
  return record.stages.map((stage, index) => ({ stage, summary: summaries[index] ?? '' }));
}

/** The same as a document, with a line for each stage. */
export function explainExit(record: ExitRecord): ExitExplanation {
  const header = [
    `Exit ${record.sequence} of guest ${record.guest}, vCPU ${record.vcpu}: ${titleOf(record)}`,
    '',
  ];
  const stages = summarizeStages(record);
  const lines = [
    ...header,
    ...stages.map(({ stage, summary }) => `${stage.padEnd(longestName)}  ${summary}`),
  ];
  const stageLines = stages.map((_, index) => header.length + 1 + index);
  const current = Math.min(record.stagesDone, stageCount - 1);
  return { lines, currentLine: header.length + 1 + current, stageLines };
}

const longestName = 'schedule'.length;

function exitText(record: ExitRecord): string {
  const { scause, stval, htval, htinst } = record;
  const registers = [
    `scause = ${formatBits(scause)} (${causeName(record)})`,
    `sepc = ${formatAddress(record.pc)}`,
    `stval = ${formatBits(stval)}`,
    `htval = ${formatBits(htval)}`,
    `htinst = ${formatBits(htinst)}`,
  ].join(', ');
  const at = record.instruction === undefined ? '' : ` at ${record.instructionText}`;
  return `The guest's ${record.from} left to HS mode${at}: ${registers}.`;
}

function causeName(record: ExitRecord): string {
  if (!record.isInterrupt) return exceptionNames[record.cause] ?? 'unknown exception';
  return interrupts.find(({ code }) => code === record.cause)?.name ?? 'unknown interrupt';
}

function resumeText(record: ExitRecord): string {
  const { resumed } = record;
  if (resumed === undefined) {
    return record.stagesDone >= stageCount
      ? 'No vCPU can run: the hart waits in HS mode for an interrupt.'
      : 'The scheduler says which vCPU gets the hart; SRET enters it, to VS or VU mode as hstatus and sstatus say.';
  }
  const same = resumed.guest === record.guest && resumed.vcpu === record.vcpu;
  return same
    ? `SRET enters the same vCPU again.`
    : `The registers of vCPU ${resumed.vcpu} of guest ${resumed.guest} are put into the hart, hgatp included, and SRET enters it.`;
}
