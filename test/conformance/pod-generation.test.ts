import assert from 'node:assert/strict';
import type { Pod } from '../../src/api/types.ts';
import { IDLE, pod, script } from '../e2e/pods/manifests.ts';
import { conformance } from './lib/conformance.ts';
import { condition, Pods } from './lib/pods.ts';

const named = (behaviour: string) =>
  `[sig-node] Pods Extended (pod generation) Pod Generation ${behaviour} [Conformance]`;

/** The node has acted on the spec of this generation, and says so. */
function observed(seen: Pod, generation: number): void {
  assert.equal(seen.metadata.generation, generation);
  assert.equal(seen.status?.observedGeneration, generation);
  assert.equal(condition(seen, 'Ready')?.observedGeneration, generation);
}

conformance(
  named('pod generation should start at 1 and increment per update [MinimumKubeletVersion:1.34]'),
  async (context) => {
    const pods = new Pods(context);
    const made = await pods.create(pod('main', { name: 'main', image: 'nginx:latest' }));
    assert.equal(made.metadata.generation, 1);
    await pods.ready('main');
    await pods.until('main', (seen) => observed(seen, 1));

    const label = await pods.all.patch('main', { metadata: { labels: { a: 'b' }, annotations: { c: 'd' } } });
    assert.equal(label.metadata.generation, 1, 'labels are no part of the spec');
    const toleration = { key: 'a', operator: 'Exists', effect: 'NoExecute' } as const;
    const changes: ((now: Pod) => Pod['spec'])[] = [
      ({ spec }) => ({ ...spec, tolerations: [...(spec.tolerations ?? []), toleration] }),
      ({ spec }) => ({ ...spec, activeDeadlineSeconds: 900 }),
      ({ spec }) => ({ ...spec, containers: spec.containers.map((each) => ({ ...each, image: 'nginx:1.11' })) }),
    ];
    for (const [index, change] of changes.entries()) {
      const updated = await pods.all.edit('main', (now) => ({ ...now, spec: change(now) }));
      assert.equal(updated.metadata.generation, index + 2);
    }
    await pods.until('main', (seen) => observed(seen, changes.length + 1));
  },
);

conformance(named('custom-set generation on new pods and graceful delete'), async (context) => {
  const pods = new Pods(context);
  const made = script('main', `trap 'sleep 4; exit' TERM; ${IDLE.replace('trap exit TERM; ', '')}`, {
    terminationGracePeriodSeconds: 15,
  });
  const created = await pods.create({ ...made, metadata: { ...made.metadata, generation: 100 } });
  assert.equal(created.metadata.generation, 1);
  await pods.ready('main');
  await pods.all.delete('main');
  const deleted = await pods.get('main');
  assert.ok(deleted.metadata.deletionTimestamp);
  assert.equal(deleted.metadata.generation, 2);
  await pods.until('main', ({ status }) => assert.equal(status?.observedGeneration, 2), 10_000);
});

conformance(
  named(
    'issue 500 podspec updates and verify generation and observedGeneration eventually converge [MinimumKubeletVersion:1.34]',
  ),
  async (context) => {
    const pods = new Pods(context);
    await pods.create(script('main', IDLE));
    await pods.ready('main');
    // The deadline may only be shortened, which is what an update changes.
    for (let nr = 1; nr <= 500; nr += 1) {
      await pods.all.patch('main', { spec: { activeDeadlineSeconds: 10_000 - nr } });
    }
    await pods.until('main', (seen) => observed(seen, 501));
  },
);
