import { FOREGROUND_FINALIZER, ORPHAN_FINALIZER } from '../../../api/meta/finalizers.ts';
import type { KubeObject, OwnerReference } from '../../../api/types.ts';
import type { DeleteOptions } from '../../resource-client.ts';
import { type GraphNode, type OwnershipGraph, ownersOf, uidOf } from './graph.ts';

export type Action =
  /** @param absent owners that must really be gone: looked up before it is done. */
  | {
      readonly do: 'delete';
      readonly node: GraphNode;
      readonly policy: NonNullable<DeleteOptions['propagationPolicy']>;
      readonly absent: readonly OwnerReference[];
    }
  | {
      readonly do: 'setOwners';
      readonly node: GraphNode;
      readonly owners: readonly OwnerReference[];
      readonly absent: readonly OwnerReference[];
    }
  | { readonly do: 'removeFinalizer'; readonly node: GraphNode; readonly finalizer: string }
  /** An owner of another namespace: an Event tells of it. */
  | { readonly do: 'report'; readonly node: GraphNode; readonly owner: OwnerReference };

/**
 * Decides what garbage collection does with one object; empty when it stays as it is, or waits for others.
 * Source: the documented garbage collection (owners and dependents, cascading deletion, finalizers).
 */
export function plan(graph: OwnershipGraph, uid: string): Action[] {
  const node = graph.node(uid);
  if (!node) return [];
  const { deletionTimestamp, finalizers = [] } = node.object.metadata;
  if (deletionTimestamp && finalizers.includes(ORPHAN_FINALIZER)) return orphan(graph, node);
  if (isForeground(node.object)) return awaitDependents(graph, node);
  // Deletion is a one-way trip: whatever depends on it is judged when it is gone.
  return deletionTimestamp ? [] : collect(graph, node);
}

/** Deleted, and waiting for its dependents to go first. */
function isForeground({ metadata }: KubeObject): boolean {
  return Boolean(metadata.deletionTimestamp) && (metadata.finalizers ?? []).includes(FOREGROUND_FINALIZER);
}

function orphan(graph: OwnershipGraph, node: GraphNode): Action[] {
  const uid = uidOf(node.object);
  const dependents = graph.dependentsOf(uid);
  if (dependents.length === 0) return [{ do: 'removeFinalizer', node, finalizer: ORPHAN_FINALIZER }];
  return dependents.map((dependent) => ({
    do: 'setOwners',
    node: dependent,
    owners: ownersOf(dependent.object).filter((owner) => owner.uid !== uid),
    absent: [],
  }));
}

function awaitDependents(graph: OwnershipGraph, node: GraphNode): Action[] {
  const uid = uidOf(node.object);
  const ancestors = graph.ancestorsOf(uid);
  const blocks = ({ object }: GraphNode) =>
    ownersOf(object).some((owner) => owner.uid === uid && owner.blockOwnerDeletion) &&
    // Two that each wait for the other would wait for ever.
    !(isForeground(object) && ancestors.has(uidOf(object)));
  if (graph.dependentsOf(uid).some(blocks)) return [];
  return [{ do: 'removeFinalizer', node, finalizer: FOREGROUND_FINALIZER }];
}

type Verdict = 'solid' | 'waiting' | 'absent' | 'unknown';

/** An object goes when no owner is left that stays; with one that does, only its references to the others go. */
function collect(graph: OwnershipGraph, node: GraphNode): Action[] {
  const owners = ownersOf(node.object);
  const judged = owners.map((owner) => ({ owner, verdict: judge(graph, node, owner) }));
  const having = (verdict: Verdict) => judged.filter((one) => one.verdict === verdict).map(({ owner }) => owner);
  const reports = owners
    .filter((owner) => isElsewhere(graph, node, owner))
    .map((owner) => ({ do: 'report', node, owner }) as const);
  const [solid, absent, waiting] = [having('solid'), having('absent'), having('waiting')];
  // Nobody can say whether such an owner is there.
  if (having('unknown').length > 0 || solid.length === owners.length) return reports;
  if (solid.length > 0) return [...reports, { do: 'setOwners', node, owners: solid, absent }];
  return [...reports, { do: 'delete', node, policy: policyFor(graph, node, waiting.length > 0), absent }];
}

/** What is looked up is what the reference names, in the dependent's namespace; found, it has to be the one with that uid. */
function judge(graph: OwnershipGraph, { object }: GraphNode, reference: OwnerReference): Verdict {
  const kind = graph.kindOf(reference);
  const namespace = object.metadata.namespace ?? '';
  // Such an owner cannot even be looked up: in which namespace?
  if (!kind || (kind.namespaced && !namespace)) return 'unknown';
  const owner = graph.node(reference.uid);
  const isIt =
    owner?.kind === kind &&
    owner.object.metadata.name === reference.name &&
    (owner.object.metadata.namespace ?? '') === (kind.namespaced ? namespace : '');
  if (!isIt) return 'absent';
  return isForeground(owner.object) ? 'waiting' : 'solid';
}

/** Namespaced things own only what is in their namespace. */
function isElsewhere(graph: OwnershipGraph, { object }: GraphNode, { uid }: OwnerReference): boolean {
  const namespace = graph.node(uid)?.object.metadata.namespace;
  return Boolean(namespace) && namespace !== object.metadata.namespace;
}

function policyFor(graph: OwnershipGraph, { object }: GraphNode, isAwaited: boolean) {
  const { finalizers = [] } = object.metadata;
  if (isAwaited && graph.dependentsOf(uidOf(object)).length > 0) return 'Foreground';
  if (finalizers.includes(ORPHAN_FINALIZER)) return 'Orphan';
  return finalizers.includes(FOREGROUND_FINALIZER) ? 'Foreground' : 'Background';
}
