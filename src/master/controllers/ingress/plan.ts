import { isDeepStrictEqual } from 'node:util';
import { INGRESS_UNAVAILABLE } from '../../../api/kinds/ingress/names.ts';
import type { Ingress, Node } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import type { IngressProblem } from '../../../lib/ingress/routing-table.ts';
import { balancingAddresses, isBalancing } from '../load-balancer/node-addresses.ts';

/** A manifest may name a Service before it makes it: what lasts longer is worth a warning. */
const LASTING_MS = 2_000;

/** Where nodes serve Ingresses now, in numeric order. */
export function servingAddresses(nodes: readonly Node[]): string[] {
  const isServing = ({ status }: Node) =>
    status?.conditions?.find(({ type }) => type === INGRESS_UNAVAILABLE)?.status !== 'True';
  return balancingAddresses(nodes.filter(isServing));
}

/** @returns the Ingress with the addresses of the nodes that serve it; the same one when it has them. */
export function withAddresses(ingress: Ingress, nodes: readonly Node[]): Ingress {
  // While no node at all is Ready it is rather the master that is alone: what was true stays.
  if (nodes.length > 0 && !nodes.some(isBalancing)) return ingress;
  const addresses = servingAddresses(nodes);
  const loadBalancer = addresses.length > 0 ? { ingress: addresses.map((ip) => ({ ip })) } : {};
  if (isDeepStrictEqual(ingress.status?.loadBalancer ?? {}, loadBalancer)) return ingress;
  return { ...ingress, status: { ...ingress.status, loadBalancer } };
}

/** What is known of one Ingress from the passes before. */
export interface Memory {
  readonly uid: string;
  /** The generation that was taken up last. */
  readonly generation: number;
  /** Message of each problem → since when it is there. */
  readonly problems: ReadonlyMap<string, Millis>;
  /** Messages that were told of. */
  readonly told: ReadonlySet<string>;
}

export interface Tidings {
  readonly memory: Memory;
  /** The Ingress is new, or another one than before. */
  readonly isSync: boolean;
  readonly warnings: readonly IngressProblem[];
  /** A problem is too young to be told of: when to look again. */
  readonly againAfterMs: number | undefined;
}

/** Decides what there is to tell of an Ingress: each problem once, as long as it stays. */
export function tidings(
  ingress: Ingress,
  { problems, memory }: { readonly problems: readonly IngressProblem[]; readonly memory: Memory | undefined },
  now: Millis,
): Tidings {
  const { uid = '', generation = 0 } = ingress.metadata;
  const before = memory?.uid === uid ? memory : undefined;
  const since = new Map(problems.map(({ message }) => [message, before?.problems.get(message) ?? now]));
  const lasting = problems.filter(({ message }) => now - (since.get(message) ?? now) >= LASTING_MS);
  const warnings = lasting.filter(({ message }) => !before?.told.has(message));
  // After a restart of the master nothing is known: one that has addresses was taken up before.
  const isServed = (ingress.status?.loadBalancer?.ingress ?? []).length > 0;
  return {
    memory: { uid, generation, problems: since, told: new Set(lasting.map(({ message }) => message)) },
    isSync: before ? before.generation !== generation : !isServed,
    warnings,
    againAfterMs: lasting.length < problems.length ? LASTING_MS : undefined,
  };
}
