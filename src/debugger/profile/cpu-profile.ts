import type { CallNode } from './call-tree.ts';
import type { Profile } from './profile.ts';
import type { ProfileFrame } from './profile-frame.ts';

/** A profile as V8 writes it (`Profiler.Profile` of the DevTools protocol), which VS Code, Chromium and speedscope read. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: CallFrame;
    readonly hitCount: number;
    readonly children: readonly number[];
  }[];
  /** Microseconds of the guest's time, as all times here. */
  readonly startTime: number;
  readonly endTime: number;
  /** Each is a node, and lasts until the next. */
  readonly samples: readonly number[];
  /** Since the sample before; of the first, since the start. */
  readonly timeDeltas: readonly number[];
}

interface CallFrame {
  readonly functionName: string;
  readonly scriptId: string;
  /** The path of the source; empty where it is not known. */
  readonly url: string;
  /** From 0; -1 where it is not known. */
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** The time axis is the guest's clock: what its harts waited is there, as V8's profiles have it, as `(idle)`. */
export function cpuProfile({
  tree,
  samples,
  nanosecondsPerStep,
  firstStep,
  stepsPerSample,
}: Profile): CpuProfile {
  const idle = tree.nodes.length + 1;
  const nodes = tree.nodes.map(({ id, frame, callees, samples: hitCount }: CallNode) => ({
    id,
    callFrame: frame === undefined ? callFrame('(root)', '') : frameOf(frame),
    hitCount,
    children: [...[...callees.values()].map((callee) => callee.id), ...(frame === undefined ? [idle] : [])],
  }));
  const microseconds = (steps: number): number => (steps * nanosecondsPerStep) / 1000;
  const startTime = microseconds(firstStep);
  let time = startTime;
  let waited = 0;
  let idles = 0;
  const timeline: { readonly node: number; readonly delta: number }[] = [];
  for (const { node, step, idleNanoseconds } of samples) {
    // A sample stands for the steps before it.
    const begin = microseconds(step - stepsPerSample) + waited;
    waited += idleNanoseconds / 1000;
    if (idleNanoseconds > 0) {
      timeline.push({ node: idle, delta: begin - time });
      idles++;
      time = begin;
    }
    const start = microseconds(step - stepsPerSample) + waited;
    timeline.push({ node: node.id, delta: start - time });
    time = start;
  }
  return {
    nodes: [...nodes, { id: idle, callFrame: callFrame('(idle)', ''), hitCount: idles, children: [] }],
    startTime,
    endTime: time + (samples.length === 0 ? 0 : microseconds(stepsPerSample)),
    samples: timeline.map(({ node }) => node),
    timeDeltas: timeline.map(({ delta }) => delta),
  };
}

function frameOf({ name, file = '', line }: ProfileFrame): CallFrame {
  return callFrame(name, file, line === undefined ? -1 : line - 1);
}

function callFrame(functionName: string, url: string, lineNumber = -1): CallFrame {
  return { functionName, scriptId: '0', url, lineNumber, columnNumber: -1 };
}
