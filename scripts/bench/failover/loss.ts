import type { Lab } from '../../../test/lab/lab.ts';

export const WAYS = ['power', 'cable', 'agent', 'engine'] as const;
export type Way = (typeof WAYS)[number];

/** One loss of a node, in ms from just before it happened. */
export interface Loss {
  /** Until the cluster says that the node is not ready. */
  readonly noticedMs: number;
  /** Until what ran there runs elsewhere. */
  readonly replacedMs: number;
  /** Bystanders that were restarted; undefined where none are watched. */
  readonly disturbed?: number;
}

/** A cluster whose nodes are lost, one at a time. */
export interface FailoverSide {
  readonly name: string;
  readonly ways: readonly Way[];
  /** Loses the node that the workload is on. @returns when the node is back and all is in order again */
  lose(way: Way): Promise<Loss>;
}

export function harm(lab: Lab, node: string, way: Way): Promise<void> {
  return way === 'cable' ? lab.cut(node) : lab.kill(node, way);
}

export async function mend(lab: Lab, node: string): Promise<void> {
  await lab.heal(node);
  await lab.boot(node);
}
