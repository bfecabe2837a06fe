import assert from 'node:assert/strict';
import type { Pod } from '../../../src/api/types.ts';
import { eventually } from '../../lib/eventually.ts';
import { cluster } from '../setup/shared-cluster.ts';
import { IDLE, script } from './manifests.ts';
import { PodSpace } from './pod-space.ts';

const MANY = 30;

describe('where a pod goes', () => {
  let space: PodSpace;
  const label = `e2e-pods-${process.pid}`;

  before(async () => {
    space = await PodSpace.open(cluster, 'scheduling');
    await space.apply(
      script('named', IDLE, { nodeName: space.cluster.nodeName }),
      script('too-big', IDLE, {}, { resources: { requests: { cpu: '5000', memory: '64Ti' } } }),
      script('picky', IDLE, { nodeSelector: { [label]: 'yes' } }),
    );
  });

  after(async () => {
    await space.ok(['label', 'node', space.cluster.nodeName, `${label}-`]);
    await space.close();
  });

  it('is the node that spec.nodeName says, without the scheduler', async () => {
    await space.ready('named');
    assert.doesNotMatch((await space.events('named')).join('\n'), /Scheduled/);
  });

  it('is told by the Scheduled event else', async () => {
    await space.apply(script('scheduled', IDLE));
    await space.ready('scheduled');
    const words = `Normal Scheduled Successfully assigned ${space.namespace}/scheduled to ${space.cluster.nodeName}`;
    assert.equal((await space.events('scheduled'))[0], words);
  });

  it('is nowhere when it asks for more than any node has, and describe says why', async () => {
    const words = '0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.';
    await space.event('too-big', new RegExp(`^Warning FailedScheduling ${RegExp.escape(words)}`, 'm'));
    const { status } = await space.until('too-big', ({ status }) => assert.ok(status?.conditions?.length));
    const [condition] = status?.conditions ?? [];
    assert.deepEqual(
      [condition?.type, condition?.status, condition?.reason],
      ['PodScheduled', 'False', 'Unschedulable'],
    );
    assert.ok(condition?.message?.startsWith(words));
    assert.equal(await space.row('too-big'), '0/1 Pending 0');
    const describe = await space.ok(['describe', 'pod', 'too-big']);
    assert.match(describe, /Warning +FailedScheduling +.*default-scheduler +0\/1 nodes are available/);
    assert.match(describe, /^Node: +<none>$/m);
  });

  it('is the node whose labels its nodeSelector wants, as soon as it has them', async () => {
    const words = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.";
    await space.event('picky', new RegExp(`^Warning FailedScheduling ${RegExp.escape(words)}`, 'm'));
    await space.ok(['label', 'node', space.cluster.nodeName, `${label}=yes`]);
    await space.ready('picky');
  });

  it('is open until the last scheduling gate is taken away', async () => {
    await space.apply(script('gated', IDLE, { schedulingGates: [{ name: 'example.com/wait' }] }));
    assert.equal(await space.row('gated'), '0/1 SchedulingGated 0');
    const [condition] = (await space.get('gated')).status?.conditions ?? [];
    assert.deepEqual(
      [condition?.type, condition?.status, condition?.reason],
      ['PodScheduled', 'False', 'SchedulingGated'],
    );
    await space.ok([
      'patch',
      'pod',
      'gated',
      '--type=json',
      '--patch',
      '[{"op":"remove","path":"/spec/schedulingGates"}]',
    ]);
    await space.ready('gated');
  });

  it(`is one node for ${MANY} pods at once, which all run and all go`, async () => {
    const names = Array.from({ length: MANY }, (_, i) => `many-${i}`);
    const pods = names.map((name) => {
      const one = script(name, IDLE);
      return { ...one, metadata: { ...one.metadata, labels: { app: 'many' } } };
    });
    await space.apply(...pods);
    await space.ok(['wait', 'pod', '-l', 'app=many', '--for=condition=Ready', '--timeout=100s'], {
      timeoutMs: 110_000,
    });
    const path = `/api/v1/namespaces/${space.namespace}/pods?labelSelector=app%3Dmany`;
    const { items } = await space.cluster.api.get<{ items: Pod[] }>(path);
    assert.equal(items.length, MANY);
    assert.equal(new Set(items.map(({ status }) => status?.podIP)).size, MANY);
    assert.ok(items.every(({ status }) => status?.containerStatuses?.[0]?.restartCount === 0));
    await space.ok(['delete', 'pod', '-l', 'app=many'], { timeoutMs: 100_000 });
    await eventually(async () => {
      const left = await space.cluster.api.get<{ items: Pod[] }>(path);
      assert.equal(left.items.length, 0);
    });
  });
});
