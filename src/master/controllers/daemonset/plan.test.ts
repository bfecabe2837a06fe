import assert from 'node:assert/strict';
import { aNode, aPod } from '../../../../test/lib/builders.ts';
import type { DaemonSet, Node, Pod } from '../../../api/types.ts';
import { daemonPod } from './daemon-pod.ts';
import { aDaemonSet, decide, HASH, inCondition, podOn, texts } from './test-daemon.ts';

const [one, two, three] = [aNode('pi-1'), aNode('pi-2'), aNode('pi-3')];
const all = [one, two, three];
const noSchedule = aNode('pi-1', { spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] } });
const noExecute = aNode('pi-1', { spec: { taints: [{ key: 'gpu', effect: 'NoExecute' }] } });
const rolling = (rollingUpdate: object) => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } });
const unavailable = (most: number | string) => rolling({ maxUnavailable: most, maxSurge: 0 });
const surging = (most: number | string) => rolling({ maxUnavailable: 0, maxSurge: most });

describe('the plan of a DaemonSet', () => {
  const old = { hash: 'old' };
  const bothOn = (set: DaemonSet, updated: 'ready' | 'unready', before: 'ready' | 'unready') => [
    podOn(set, 'pi-1', before, old),
    podOn(set, 'pi-1', updated),
  ];
  const cases: [title: string, spec: object, nodes: Node[], pods: (set: DaemonSet) => Pod[], actions: string[]][] = [
    ['creates a pod for every node', {}, all, () => [], ['create pi-1', 'create pi-2', 'create pi-3']],
    ['creates one for a node that came', {}, [one, two], (set) => [podOn(set, 'pi-1')], ['create pi-2']],
    ['is content with one on each', {}, [one, two], (set) => [podOn(set, 'pi-1'), podOn(set, 'pi-2', 'pending')], []],
    ['waits for one on its way out', {}, [one], (set) => [podOn(set, 'pi-1', 'terminating')], []],
    ['replaces a failed pod', {}, [one], (set) => [podOn(set, 'pi-1', 'failed')], ['delete web-pi-1-new']],
    ['replaces one that succeeded', {}, [one], (set) => [podOn(set, 'pi-1', 'succeeded')], ['delete web-pi-1-new']],
    ['creates none where new pods are not wanted', {}, [noSchedule], () => [], []],
    ['leaves one where only new pods are not wanted', {}, [noSchedule], (set) => [podOn(set, 'pi-1')], []],
    ['leaves no pod where none may stay', {}, [noExecute], (set) => [podOn(set, 'pi-1')], ['delete web-pi-1-new']],
    [
      'keeps the pod that was first',
      {},
      [one],
      (set) => [podOn(set, 'pi-1'), podOn(set, 'pi-1', 'ready', { name: 'x' })],
      ['delete x'],
    ],
    ['leaves pods of a lost node that ran', {}, [one], (set) => [podOn(set, 'pi-1'), podOn(set, 'gone')], []],
    [
      'updates one node',
      unavailable(1),
      [one, two],
      (set) => [podOn(set, 'pi-1', 'ready', old), podOn(set, 'pi-2', 'ready', old)],
      ['delete web-pi-1-old'],
    ],
    [
      'waits for the node that is being updated',
      unavailable(1),
      [one, two],
      (set) => [podOn(set, 'pi-1', 'unready'), podOn(set, 'pi-2', 'ready', old)],
      [],
    ],
    [
      'rounds a percentage up',
      unavailable('34%'),
      all,
      (set) => all.map(({ metadata }) => podOn(set, metadata.name, 'ready', old)),
      ['delete web-pi-1-old', 'delete web-pi-2-old'],
    ],
    [
      'replaces an old pod that does not serve for nothing',
      unavailable(1),
      [one, two],
      (set) => [podOn(set, 'pi-1', 'unready'), podOn(set, 'pi-2', 'unready', old)],
      ['delete web-pi-2-old'],
    ],
    [
      'fills nodes before it updates others',
      unavailable(1),
      [one, two],
      (set) => [podOn(set, 'pi-2', 'ready', old)],
      ['create pi-1'],
    ],
    [
      'leaves updates to whoever deletes pods',
      { updateStrategy: { type: 'OnDelete' } },
      [one],
      (set) => [podOn(set, 'pi-1', 'ready', old)],
      [],
    ],
    [
      'puts the new pod beside the old one',
      surging(1),
      [one, two],
      (set) => [podOn(set, 'pi-1', 'ready', old), podOn(set, 'pi-2', 'ready', old)],
      ['create pi-1'],
    ],
    ['keeps both until the new one is available', surging(1), [one], (set) => bothOn(set, 'unready', 'ready'), []],
    [
      'takes the old one when the new one is available',
      surging(1),
      [one],
      (set) => bothOn(set, 'ready', 'ready'),
      ['delete web-pi-1-old'],
    ],
    [
      'takes an old one that does not serve at once',
      surging(1),
      [one],
      (set) => bothOn(set, 'unready', 'unready'),
      ['delete web-pi-1-old'],
    ],
    [
      'surges on no more nodes than it may',
      surging(1),
      [one, two],
      (set) => [...bothOn(set, 'unready', 'ready'), podOn(set, 'pi-2', 'ready', old)],
      [],
    ],
  ];
  for (const [title, spec, nodes, pods, actions] of cases) {
    it(title, () => {
      const set = aDaemonSet(spec);
      assert.deepEqual(texts(decide(set, nodes, pods(set))), actions);
    });
  }

  it('leaves a failed pod for a while when others failed there before', () => {
    const set = aDaemonSet();
    const pods = [podOn(set, 'pi-1', 'failed'), podOn(set, 'pi-2', 'failed')];
    assert.deepEqual(texts(decide(set, [one, two], pods, ['pi-1'])), ['delete web-pi-2-new']);
  });

  it('deletes what waits for a node that is gone', () => {
    const set = aDaemonSet();
    const { metadata, ...rest } = daemonPod(set, 'gone', HASH);
    const waiting = inCondition({ ...rest, metadata: { ...metadata, name: 'waiting' } }, 'pending');
    assert.deepEqual(texts(decide(set, [one], [podOn(set, 'pi-1'), waiting])), ['delete waiting']);
  });

  it('takes a pod that it selects for one of its own', () => {
    const bare = aPod({ name: 'bare', node: 'pi-1', labels: { app: 'web', 'controller-revision-hash': HASH } });
    assert.deepEqual(texts(decide(aDaemonSet(), [one], [bare])), ['adopt bare']);
  });

  it('creates no more than 250 at once', () => {
    const nodes = Array.from({ length: 300 }, (_, index) => aNode(`pi-${index}`));
    assert.equal(decide(aDaemonSet(), nodes, []).length, 250);
  });

  it('does nothing once it is being deleted', () => {
    const set = aDaemonSet();
    const leaving = { ...set, metadata: { ...set.metadata, deletionTimestamp: '2030-01-01T00:00:00Z' } };
    assert.deepEqual(decide(leaving, all, []), []);
  });
});

describe('the pod of a node', () => {
  it('asks for that node, tolerates its troubles and says of what template it is', () => {
    const set = aDaemonSet();
    set.metadata.annotations = { 'deprecated.daemonset.template.generation': '3' };
    const { metadata, spec } = daemonPod(set, 'pi-1', HASH);
    assert.equal(metadata.generateName, 'web-');
    assert.deepEqual(metadata.labels, {
      app: 'web',
      'pod-template-generation': '3',
      'controller-revision-hash': HASH,
    });
    assert.deepEqual(spec.affinity, {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['pi-1'] }] }],
        },
      },
    });
    assert.equal(spec.tolerations?.length, 6);
  });
});
