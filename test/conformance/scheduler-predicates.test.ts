import assert from 'node:assert/strict';
import { milliValue, parseQuantity } from '../../src/api/meta/quantity.ts';
import type { Node, Pod } from '../../src/api/types.ts';
import { IDLE, script } from '../e2e/pods/manifests.ts';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import { NODES, PODS } from './lib/kinds.ts';
import { condition, Pods } from './lib/pods.ts';

const named = (behaviour: string) =>
  `[sig-scheduling] SchedulerPredicates validates ${behaviour} [Conformance] [Serial]`;

async function firstNode(context: Context): Promise<Node> {
  const { items } = await context.everywhere(NODES).list();
  const node = items.find(({ spec }) => !spec.unschedulable);
  assert.ok(node, 'no node takes pods');
  return node;
}

/** The pod stays Pending, unschedulable for that reason. */
async function unschedulable(pods: Pods, name: string, reason: RegExp): Promise<void> {
  await pods.event(name, new RegExp(`FailedScheduling .*${reason.source}`));
  await pods.until(name, (seen) => {
    const { status, reason: why, message } = condition(seen, 'PodScheduled') ?? {};
    assert.deepEqual([status, why], ['False', 'Unschedulable']);
    assert.match(message ?? '', reason);
  });
  assert.equal((await pods.get(name)).spec.nodeName, undefined);
}

/** A label that only this node has, until the test has ended. */
async function label(context: Context, node: string, key: string, value: string): Promise<void> {
  const nodes = context.everywhere(NODES);
  await nodes.patch(node, { metadata: { labels: { [key]: value } } });
  context.afterwards(() => nodes.patch(node, { metadata: { labels: { [key]: null } } }));
}

const cpuOf = ({ spec }: Pod): number =>
  spec.containers.reduce((sum, { resources }) => sum + milliValue(parseQuantity(resources?.requests?.cpu ?? '0')), 0);

conformance(named('resource limits of pods that are allowed to run'), async (context) => {
  const pods = new Pods(context);
  const node = await firstNode(context);
  const name = node.metadata.name;
  const others = await context.everywhere(PODS).list({ fieldSelector: `spec.nodeName=${name}` });
  const running = others.items.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  const taken = running.reduce((sum, pod) => sum + cpuOf(pod), 0);
  const free = milliValue(parseQuantity(node.status?.allocatable?.cpu ?? '0')) - taken;
  await label(context, name, 'conformance/resources', context.namespace);
  const wants = (pod: string, milliCpu: number) =>
    script(
      pod,
      IDLE,
      { nodeSelector: { 'conformance/resources': context.namespace } },
      { resources: { requests: { cpu: `${milliCpu}m` }, limits: { cpu: `${milliCpu}m` } } },
    );

  const most = Math.floor(free * 0.7);
  await pods.create(wants('filler', most));
  await pods.ready('filler');
  await pods.create(wants('additional', Math.floor(free * 0.5)));
  await unschedulable(pods, 'additional', /Insufficient cpu/);
  await pods.remove('filler');
  await pods.ready('additional');
});

conformance(named('that NodeSelector is respected if not matching'), async (context) => {
  const pods = new Pods(context);
  await pods.create(script('restricted', IDLE, { nodeSelector: { label: 'nonempty' } }));
  await unschedulable(pods, 'restricted', /node\(s\) didn't match Pod's node affinity\/selector/);
});

conformance(named('that NodeSelector is respected if matching'), async (context) => {
  const pods = new Pods(context);
  const { name } = (await firstNode(context)).metadata;
  await label(context, name, 'conformance/selector', '42');
  await pods.create(script('with-labels', IDLE, { nodeSelector: { 'conformance/selector': '42' } }));
  assert.equal((await pods.ready('with-labels')).spec.nodeName, name);
});

conformance(
  named('that there exists conflict between pods with same hostPort and protocol but one using 0.0.0.0 hostIP'),
  async (context) => {
    const pods = new Pods(context);
    const { name } = (await firstNode(context)).metadata;
    await label(context, name, 'conformance/host-port', context.namespace);
    const nodeSelector = { 'conformance/host-port': context.namespace };
    const onHost = (pod: string, hostIP: string) =>
      script(pod, IDLE, { nodeSelector }, { ports: [{ containerPort: 80, hostPort: 54322, protocol: 'TCP', hostIP }] });
    await pods.create(onHost('pod4', ''));
    const first = await pods.ready('pod4');
    await pods.create(onHost('pod5', first.status?.hostIP ?? ''));
    await unschedulable(pods, 'pod5', /node\(s\) didn't have free ports for the requested pod ports/);
  },
);
