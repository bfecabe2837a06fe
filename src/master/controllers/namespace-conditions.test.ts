import assert from 'node:assert/strict';
import { CONFIG_MAP } from '../../api/kinds/config-map.ts';
import { DEPLOYMENT } from '../../api/kinds/deployment.ts';
import type { KindDefinition } from '../../api/registry.ts';
import { type Remaining, withDeletionConditions } from './namespace-conditions.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const LATER = NOW + 60_000;
const DEPLOYMENTS = DEPLOYMENT as unknown as KindDefinition;

function left(kind: KindDefinition, ...finalizers: string[][]): Remaining {
  const objects = finalizers.map((names) => ({
    apiVersion: 'v1',
    kind: kind.kind,
    metadata: { name: 'x', finalizers: names },
  }));
  return { kind, objects };
}

function tell(remaining: readonly Remaining[], failures: readonly string[] = []): string[] {
  const { conditions = [] } = withDeletionConditions({ phase: 'Terminating' }, { remaining, failures }, NOW);
  return conditions.map(({ type, status, reason, message }) => `${type} ${status} ${reason}: ${message}`);
}

const DISCOVERED = [
  'NamespaceDeletionDiscoveryFailure False ResourcesDiscovered: All resources successfully discovered',
  'NamespaceDeletionGroupVersionParsingFailure False ParsedGroupVersions: All legacy kube types successfully parsed',
];
const DELETED =
  'NamespaceDeletionContentFailure False ContentDeleted: All content successfully deleted, may be waiting on finalization';
const UNHELD = 'NamespaceFinalizersRemaining False ContentHasNoFinalizers: All content-preserving finalizers finished';

describe('the conditions of a terminating namespace', () => {
  it('say that all is done', () => {
    assert.deepEqual(tell([left(CONFIG_MAP)]), [
      ...DISCOVERED,
      DELETED,
      'NamespaceContentRemaining False ContentRemoved: All content successfully removed',
      UNHELD,
    ]);
  });

  it('count what is left, and what holds it', () => {
    assert.deepEqual(tell([left(CONFIG_MAP, ['b/x'], ['b/x', 'a/x']), left(DEPLOYMENTS, [])]), [
      ...DISCOVERED,
      DELETED,
      'NamespaceContentRemaining True SomeResourcesRemain: Some resources are remaining: configmaps. has 2 resource instances, deployments.apps has 1 resource instances',
      'NamespaceFinalizersRemaining True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: a/x in 1 resource instances, b/x in 2 resource instances',
    ]);
  });

  it('tell what could not be deleted', () => {
    assert.ok(
      tell([], ['two', 'one']).includes(
        'NamespaceDeletionContentFailure True ContentDeletionFailed: Failed to delete all resource types, 2 remaining: one, two',
      ),
    );
  });

  it('keep the time of what has not turned, and other conditions', () => {
    const foreign = { type: 'Other', status: 'True' as const };
    const held = { remaining: [left(CONFIG_MAP, ['a/x'])], failures: [] };
    const first = withDeletionConditions({ conditions: [foreign] }, held, NOW);
    assert.equal(withDeletionConditions(first, held, LATER), first);
    const next = withDeletionConditions(first, { remaining: [left(CONFIG_MAP, [])], failures: [] }, LATER);
    assert.deepEqual(
      next.conditions?.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]),
      [
        ['Other', undefined],
        ['NamespaceDeletionDiscoveryFailure', '2026-01-01T00:00:00Z'],
        ['NamespaceDeletionGroupVersionParsingFailure', '2026-01-01T00:00:00Z'],
        ['NamespaceDeletionContentFailure', '2026-01-01T00:00:00Z'],
        ['NamespaceContentRemaining', '2026-01-01T00:00:00Z'],
        ['NamespaceFinalizersRemaining', '2026-01-01T00:01:00Z'],
      ],
    );
  });
});
