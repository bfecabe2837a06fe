import assert from 'node:assert/strict';
import { aNode } from '../../../test/lib/builders.ts';
import { NODE } from '../../api/kinds/node.ts';
import type { KindDefinition } from '../../api/registry.ts';
import type { KubeObject, Node } from '../../api/types.ts';
import type { Change, ObjectCache } from '../resource-client.ts';
import { ClusterWatcher } from './cluster-watcher.ts';
import { type ClusterEvent, mayHelp } from './queue/cluster-events.ts';
import { clusterOf } from './test-cluster.ts';

/** A watcher of nodes. @returns what it tells of a change */
function watching(nodes: readonly Node[]) {
  const cluster = clusterOf({ nodes });
  const told: ClusterEvent[] = [];
  const pods = {
    waits: () => undefined,
    waitsNoMore: () => undefined,
    happened: (event: ClusterEvent) => void told.push(event),
  };
  const listeners: ((change: Change<Node>) => void)[] = [];
  const subscribe = <T extends KubeObject>(kind: KindDefinition<T>, listener: (change: Change<T>) => void) => {
    if (kind.kind === NODE.kind) listeners.push(listener as unknown as (change: Change<Node>) => void);
    return () => undefined;
  };
  const cache: ObjectCache = { get: () => undefined, list: () => [], subscribe };
  new ClusterWatcher(cluster, pods, 'default-scheduler').start(cache);
  return (change: Change<Node>) => {
    told.length = 0;
    for (const listener of listeners) listener(change);
    return { told: [...told], nodes: cluster.nodes.map(({ name }) => name) };
  };
}

describe('the watcher of the cluster', () => {
  it('tells of nodes that come, change and go', () => {
    const happens = watching([]);
    const node = aNode('a');
    const labelled = aNode('a', { labels: { zone: 'x' } });
    assert.deepEqual(happens({ type: 'added', object: node }), { told: ['nodeAdded'], nodes: ['a'] });
    assert.deepEqual(happens({ type: 'modified', object: labelled, previous: node }).told, ['nodeLabels']);
    assert.deepEqual(happens({ type: 'deleted', object: labelled }), { told: ['nodeGone'], nodes: [] });
  });

  it('tells pods that wait for an even spread that a node is gone, and no others', () => {
    assert.equal(mayHelp('nodeGone', new Set(['NodeAffinity', 'PodTopologySpread'])), true);
    assert.equal(mayHelp('nodeGone', new Set(['NodeAffinity', 'NodeResourcesFit', 'InterPodAffinity'])), false);
  });
});
