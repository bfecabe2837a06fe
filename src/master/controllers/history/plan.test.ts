import assert from 'node:assert/strict';
import { DAEMON_SET } from '../../../api/kinds/daemon-set.ts';
import { aWorkload } from '../../../api/kinds/workload/test-workload.ts';
import type { ControllerRevision, DaemonSet } from '../../../api/types.ts';
import { controllerReference } from '../workload/owner.ts';
import { historyOf, truncate } from './plan.ts';
import { newRevision, templateOf } from './revision.ts';

const LABEL = 'controller-revision-hash';

function withImage(image: string, spec: object = {}): DaemonSet {
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } };
  const set = aWorkload(DAEMON_SET, { template, ...spec });
  set.metadata = { ...set.metadata, uid: 'own', annotations: { 'kubernetes.io/change-cause': image } };
  return set;
}

const kept = (image: string, revision: number) => newRevision(withImage(image), revision, LABEL);
const texts = (actions: ReturnType<typeof historyOf>['actions']) =>
  actions.map(
    ({ do: what, revision }) => `${what} ${templateOf(revision)?.spec.containers[0]?.image} ${revision.revision}`,
  );

describe('the history of a workload', () => {
  const [a, b] = [kept('a', 1), kept('b', 2)];
  const orphan: ControllerRevision = { ...a, metadata: { ...a.metadata, ownerReferences: [] } };
  const relabelled: ControllerRevision = { ...a, metadata: { ...a.metadata, labels: {} } };
  const other = { ...withImage('a'), metadata: { name: 'other', uid: 'other' } };
  const foreign = { ...a, metadata: { ...a.metadata, ownerReferences: [controllerReference(other)] } };
  const cases: [title: string, there: ControllerRevision[], image: string, actions: string[], old: string[]][] = [
    ['begins with the first template', [], 'a', ['create a 1'], []],
    ['is content with the newest', [a, b], 'b', [], ['a']],
    ['goes on with a new template', [a, b], 'c', ['create c 3'], ['a', 'b']],
    ['gives a template that comes back the newest number', [a, b], 'a', ['update a 3'], ['b']],
    ['takes what is nobody’s', [orphan], 'a', ['adopt a 1'], []],
    ['lets go of what lost its labels', [relabelled, b], 'b', ['release a 1'], []],
    ['leaves what is somebody else’s', [foreign], 'a', ['create a 1'], []],
  ];
  for (const [title, there, image, actions, old] of cases) {
    it(title, () => {
      const history = historyOf(withImage(image), there, LABEL);
      assert.deepEqual(texts(history.actions), actions);
      assert.deepEqual(
        history.old.map((revision) => templateOf(revision)?.spec.containers[0]?.image),
        old,
      );
      assert.equal(templateOf(history.current)?.spec.containers[0]?.image, image);
    });
  }

  it('is cut at its limit, the oldest first, sparing what is in use', () => {
    const old = ['a', 'b', 'c', 'd'].map((image, index) => kept(image, index + 1));
    const set = withImage('e', { revisionHistoryLimit: 1 });
    const history = historyOf(set, [...old, kept('e', 5)], LABEL);
    const isLive = ({ revision }: ControllerRevision) => revision === 1;
    assert.deepEqual(texts(truncate(set, history, isLive)), ['delete b 2', 'delete c 3']);
    const generous = withImage('e', { revisionHistoryLimit: 10 });
    assert.deepEqual(truncate(generous, history, isLive), []);
  });
});

describe('a revision', () => {
  const revision = kept('a', 1);

  it('is a patch that puts the template back, found by the selector, with its cause', () => {
    const { name, labels, annotations, ownerReferences } = revision.metadata;
    assert.match(name, /^web-[bcdfghjklmnpqrstvwxz2-9]{8,10}$/);
    assert.deepEqual(labels, { app: 'web', [LABEL]: name.slice('web-'.length) });
    assert.deepEqual(annotations, { 'kubernetes.io/change-cause': 'a' });
    assert.equal(ownerReferences?.[0]?.controller, true);
    assert.deepEqual(revision.data, { spec: { template: { ...withImage('a').spec.template, $patch: 'replace' } } });
  });

  it('gets another name when its own was found taken', () => {
    const set = { ...withImage('a'), status: { ...withImage('a').status, collisionCount: 1 } };
    const other = newRevision(set as Parameters<typeof newRevision>[0], 1, LABEL);
    assert.notEqual(other.metadata.name, revision.metadata.name);
  });

  it('of other data is none of ours', () => {
    assert.equal(templateOf({ ...revision, data: { spec: {} } }), undefined);
  });
});
