import assert from 'node:assert/strict';
import type { Pod, Taint } from '../../src/api/types.ts';
import { IDLE, script } from '../e2e/pods/manifests.ts';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import { NODES } from './lib/kinds.ts';
import { consistently, Pods } from './lib/pods.ts';

const TAINT: Taint = { key: 'conformance-evict', value: 'yes', effect: 'NoExecute' };

function tolerating(name: string, tolerationSeconds: number, node?: string): Pod {
  const { key, value } = TAINT;
  const toleration = { key, operator: 'Equal', value, effect: 'NoExecute', tolerationSeconds } as const;
  const pinned = node ? { nodeSelector: { 'kubernetes.io/hostname': node } } : {};
  return script(name, IDLE, { tolerations: [toleration], terminationGracePeriodSeconds: 1, ...pinned });
}

async function setTaint(context: Context, node: string, isOn: boolean): Promise<void> {
  await context.everywhere(NODES).edit(node, (held) => {
    const others = (held.spec.taints ?? []).filter(({ key }) => key !== TAINT.key);
    return { ...held, spec: { ...held.spec, taints: isOn ? [...others, TAINT] : others } };
  });
}

/** From now until the test has ended, unless it is taken away before. */
async function taint(context: Context, node: string): Promise<void> {
  context.afterwards(() => setTaint(context, node, false));
  await setTaint(context, node, true);
}

conformance(
  '[sig-node] NoExecuteTaintManager Single Pod removing taint cancels eviction [Conformance] [Disruptive] [Serial]',
  async (context) => {
    const pods = new Pods(context);
    await pods.create(tolerating('stays', 8));
    const { spec, metadata } = await pods.ready('stays');
    const node = spec.nodeName ?? '';
    await taint(context, node);
    await consistently(async () => assert.equal((await pods.get('stays')).metadata.deletionTimestamp, undefined), 3000);
    await setTaint(context, node, false);
    await consistently(async () => {
      const pod = await pods.get('stays');
      assert.deepEqual([pod.metadata.uid, pod.metadata.deletionTimestamp], [metadata.uid, undefined]);
    }, 10_000);
    await pods.event('stays', /^TaintManagerEviction Cancelling deletion of Pod /m);
  },
);

conformance(
  '[sig-node] NoExecuteTaintManager Multiple Pods evicts pods with minTolerationSeconds [Conformance] [Disruptive] [Serial]',
  async (context) => {
    const pods = new Pods(context);
    await pods.create(tolerating('first', 3));
    const node = (await pods.ready('first')).spec.nodeName ?? '';
    await pods.create(tolerating('second', 12, node));
    await pods.ready('second');
    const taintedAt = Date.now();
    await taint(context, node);
    await context.gone(pods.all, 'first');
    assert.ok(Date.now() - taintedAt >= 3000, 'the first went too early');
    assert.equal((await pods.get('second')).metadata.deletionTimestamp, undefined);
    await context.gone(pods.all, 'second');
    assert.ok(Date.now() - taintedAt >= 12_000, 'the second went too early');
    for (const name of ['first', 'second']) await pods.event(name, /^TaintManagerEviction Marking for deletion Pod /m);
  },
);
