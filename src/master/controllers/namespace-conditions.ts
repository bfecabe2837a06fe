import type { KindDefinition } from '../../api/registry.ts';
import type { KubeObject, Namespace } from '../../api/types.ts';
import { type Millis, toRfc3339 } from '../../lib/clock.ts';

type Status = NonNullable<Namespace['status']>;
type Condition = NonNullable<Status['conditions']>[number];
type Verdict = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** All of one kind that is left in a namespace. */
export interface Remaining {
  readonly kind: KindDefinition;
  readonly objects: readonly KubeObject[];
}

/**
 * The status of a terminating namespace with what keeps it, in Kubernetes' words (controller/namespace/deletion).
 * @param failures of deletions, one text a kind
 * @returns the status itself when it says so already
 */
export function withDeletionConditions(
  status: Status,
  { remaining, failures }: { readonly remaining: readonly Remaining[]; readonly failures: readonly string[] },
  now: Millis,
): Status {
  const before = status.conditions ?? [];
  const verdicts = [
    no('NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'),
    no(
      'NamespaceDeletionGroupVersionParsingFailure',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ),
    contentFailure(failures),
    contentRemaining(remaining),
    finalizersRemaining(remaining),
  ];
  const known = new Set(verdicts.map(({ type }) => type));
  const own = verdicts.map((verdict) => applied(before, verdict, now));
  if (own.every((condition) => before.includes(condition))) return status;
  return { ...status, conditions: [...before.filter(({ type }) => !known.has(type)), ...own] };
}

function applied(before: readonly Condition[], verdict: Verdict, now: Millis): Condition {
  const old = before.find(({ type }) => type === verdict.type);
  if (old?.status !== verdict.status) return { ...verdict, lastTransitionTime: toRfc3339(now) };
  return old.reason === verdict.reason && old.message === verdict.message ? old : { ...old, ...verdict };
}

function yes(type: string, reason: string, message: string): Verdict {
  return { type, status: 'True', reason, message };
}

function no(type: string, reason: string, message: string): Verdict {
  return { type, status: 'False', reason, message };
}

function contentFailure(failures: readonly string[]): Verdict {
  const type = 'NamespaceDeletionContentFailure';
  if (failures.length === 0) {
    return no(type, 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization');
  }
  const list = failures.toSorted().join(', ');
  const message = `Failed to delete all resource types, ${failures.length} remaining: ${list}`;
  return yes(type, 'ContentDeletionFailed', message);
}

function contentRemaining(remaining: readonly Remaining[]): Verdict {
  const type = 'NamespaceContentRemaining';
  const left = remaining.filter(({ objects }) => objects.length > 0);
  if (left.length === 0) return no(type, 'ContentRemoved', 'All content successfully removed');
  // The dot behind resources of the core group is Kubernetes' own.
  const list = left.map(({ kind, objects }) => `${kind.plural}.${kind.group} has ${objects.length} resource instances`);
  return yes(type, 'SomeResourcesRemain', `Some resources are remaining: ${list.sort().join(', ')}`);
}

function finalizersRemaining(remaining: readonly Remaining[]): Verdict {
  const type = 'NamespaceFinalizersRemaining';
  const finalizers = remaining.flatMap(({ objects }) => objects.flatMap(({ metadata }) => metadata.finalizers ?? []));
  if (finalizers.length === 0) {
    return no(type, 'ContentHasNoFinalizers', 'All content-preserving finalizers finished');
  }
  const list = Object.entries(Object.groupBy(finalizers, (name) => name)).map(
    ([name, uses = []]) => `${name} in ${uses.length} resource instances`,
  );
  const message = `Some content in the namespace has finalizers remaining: ${list.sort().join(', ')}`;
  return yes(type, 'SomeFinalizersRemain', message);
}
