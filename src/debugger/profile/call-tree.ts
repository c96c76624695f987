import type { ProfileFrame } from './profile-frame.ts';

/** A frame under one caller. */
export interface CallNode {
  /** 1 for the root; callees have greater numbers than their callers. */
  readonly id: number;
  /** The root has none. */
  readonly frame: ProfileFrame | undefined;
  readonly callees: ReadonlyMap<ProfileFrame, CallNode>;
  /** Samples of which it is the innermost frame. */
  readonly samples: number;
}

interface GrowingNode extends CallNode {
  readonly callees: Map<ProfileFrame, GrowingNode>;
  samples: number;
}

/** Stacks, those that begin alike put together. */
export class CallTree {
  readonly #nodes: GrowingNode[] = [];
  readonly #root = this.#node(undefined);

  get root(): CallNode {
    return this.#root;
  }

  /** In the order of their numbers. */
  get nodes(): readonly CallNode[] {
    return this.#nodes;
  }

  /** Counts a stack, outermost frame first. */
  add(stack: readonly ProfileFrame[]): CallNode {
    let node = this.#root;
    for (const frame of stack) {
      const callee = node.callees.get(frame) ?? this.#node(frame);
      node.callees.set(frame, callee);
      node = callee;
    }
    node.samples++;
    return node;
  }

  /** Takes back a stack that was counted there. */
  remove({ id }: CallNode): void {
    const node = this.#nodes[id - 1];
    if (node !== undefined) node.samples--;
  }

  #node(frame: ProfileFrame | undefined): GrowingNode {
    const node = { id: this.#nodes.length + 1, frame, callees: new Map<never, never>(), samples: 0 };
    this.#nodes.push(node);
    return node;
  }
}
