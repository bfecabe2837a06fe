import assert from 'node:assert/strict';
import type { Lab } from '../../lab/lab.ts';
import { eventually } from '../../lib/eventually.ts';
import { sharedLab } from './shared-lab.ts';

interface Shape {
  readonly name: string;
  readonly replicas: number;
  /** YAML lines of the pods' spec, after its containers. */
  readonly rules: string;
}

/** A Deployment as anybody would write it. */
function deployment({ name, replicas, rules }: Shape): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: web, image: "nginx:latest"}]
${rules.replace(/^/gm, '      ')}
`;
}

const APART = `affinity:
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
    - {labelSelector: {matchLabels: {app: apart}}, topologyKey: kubernetes.io/hostname}`;

describe('scheduling with ordinary manifests', () => {
  let lab: Lab;

  before('build the lab', async function () {
    this.timeout(300_000);
    lab = await sharedLab();
  });

  async function kubectl(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await lab.kubectl(args);
    assert.equal(code, 0, stderr);
    return stdout;
  }

  async function apply(shape: Shape): Promise<void> {
    const { code, stderr } = await lab.kubectl(['apply', '-f', '-'], { input: deployment(shape) });
    assert.equal(code, 0, stderr);
  }

  async function rolledOut(name: string): Promise<void> {
    await kubectl('rollout', 'status', `deployment/${name}`, '--timeout=120s');
  }

  /** Nodes of its pods that are not on their way out; '' for one that has none. */
  async function nodesOf(name: string): Promise<string[]> {
    const text = await kubectl('get', 'pods', '-l', `app=${name}`, '-o', 'json');
    type Item = { metadata: { deletionTimestamp?: string }; spec: { nodeName?: string } };
    const { items } = JSON.parse(text) as { items: Item[] };
    return items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ spec }) => spec.nodeName ?? '')
      .sort();
  }

  it('keeps pods to the node their nodeSelector names, and lets them wait while there is none', async () => {
    await apply({ name: 'fast', replicas: 2, rules: 'nodeSelector: {disk: ssd}' });
    try {
      await eventually(async () => {
        const events = await kubectl(
          'get',
          'events',
          '--field-selector=reason=FailedScheduling',
          '-o',
          'jsonpath={.items[*].message}',
        );
        assert.match(events, /0\/3 nodes are available: 3 node\(s\) didn't match Pod's node affinity\/selector\./);
      });
      await kubectl('label', 'node', 'n2', 'disk=ssd');
      await rolledOut('fast');
      assert.deepEqual(await nodesOf('fast'), ['n2', 'n2']);
    } finally {
      await kubectl('label', 'node', 'n2', 'disk-');
      await kubectl('delete', 'deployment', 'fast');
    }
  });

  it('puts pods that repel each other on three nodes, and tells why a fourth has no place', async () => {
    await apply({ name: 'apart', replicas: 3, rules: APART });
    try {
      await rolledOut('apart');
      assert.deepEqual(await nodesOf('apart'), ['n1', 'n2', 'n3']);
      await kubectl('scale', 'deployment', 'apart', '--replicas=4');
      await eventually(async () => {
        const pods = await kubectl('get', 'pods', '-l', 'app=apart', '-o', 'jsonpath={..conditions[*].message}');
        assert.match(pods, /0\/3 nodes are available: 3 node\(s\) didn't match pod anti-affinity rules\./);
      });
      assert.deepEqual(await nodesOf('apart'), ['', 'n1', 'n2', 'n3']);
    } finally {
      await kubectl('delete', 'deployment', 'apart');
    }
  });

  it('drains a node, whose pods run elsewhere then, and takes it back', async () => {
    const rules = `topologySpreadConstraints:
- {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: moved}}}`;
    await apply({ name: 'moved', replicas: 3, rules });
    try {
      await rolledOut('moved');
      assert.deepEqual(await nodesOf('moved'), ['n1', 'n2', 'n3']);
      const told = await kubectl('drain', 'n3', '--ignore-daemonsets', '--pod-selector=app=moved', '--timeout=120s');
      assert.match(told, /node\/n3 cordoned[\s\S]*evicting pod default\/moved-[\s\S]*node\/n3 drained/);
      await rolledOut('moved');
      const nodes = await nodesOf('moved');
      assert.equal(nodes.length, 3);
      assert.ok(!nodes.includes('n3'), nodes.join(' '));
      assert.match(await kubectl('get', 'node', 'n3'), /Ready,SchedulingDisabled/);
    } finally {
      await kubectl('uncordon', 'n3');
      await kubectl('delete', 'deployment', 'moved');
    }
    assert.doesNotMatch(await kubectl('get', 'node', 'n3'), /SchedulingDisabled/);
  });
});
