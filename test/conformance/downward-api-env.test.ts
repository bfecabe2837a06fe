import assert from 'node:assert/strict';
import type { Container } from '../../src/api/types.ts';
import { job } from '../e2e/pods/manifests.ts';
import { allocatable } from './lib/allocatable.ts';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import { Pods } from './lib/pods.ts';

/** What a container prints of variables filled from these fields of its pod, one a line. */
async function fields(context: Context, ...paths: string[]): Promise<{ lines: string[]; pods: Pods }> {
  const env = paths.map((fieldPath, i) => ({
    name: `V${i}`,
    valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } },
  }));
  return print(context, { env });
}

async function resources(context: Context, container: Partial<Container>): Promise<string[]> {
  const names = ['limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];
  const env = names.map((resource, i) => ({ name: `V${i}`, valueFrom: { resourceFieldRef: { resource } } }));
  return (await print(context, { env, ...container })).lines;
}

async function print(context: Context, container: Partial<Container>): Promise<{ lines: string[]; pods: Pods }> {
  const pods = new Pods(context);
  const script = (container.env ?? []).map(({ name }) => `echo "$${name}"`).join('; ');
  return { lines: (await pods.run(job('downward', script, {}, container))).trimEnd().split('\n'), pods };
}

conformance(
  '[sig-node] Downward API should provide pod name, namespace and IP address as env vars [Conformance] [NodeConformance]',
  async (context) => {
    const { lines, pods } = await fields(context, 'metadata.name', 'metadata.namespace', 'status.podIP');
    const { status } = await pods.get('downward');
    assert.deepEqual(lines.slice(0, 2), ['downward', context.namespace]);
    assert.match(lines[2] ?? '', /^\d+\.\d+\.\d+\.\d+$/);
    assert.ok(status?.podIP === undefined || status.podIP === lines[2], `${lines[2]} is not ${status?.podIP}`);
  },
);

conformance(
  '[sig-node] Downward API should provide host IP as an env var [Conformance] [NodeConformance]',
  async (context) => {
    const { lines, pods } = await fields(context, 'status.hostIP');
    assert.deepEqual(lines, [(await pods.get('downward')).status?.hostIP]);
  },
);

conformance(
  '[sig-node] Downward API should provide hostIPs as an env var [Conformance] [NodeConformance]',
  async (context) => {
    const { lines, pods } = await fields(context, 'status.hostIPs');
    const hostIps = (await pods.get('downward')).status?.hostIPs?.map(({ ip }) => ip);
    assert.deepEqual(lines, [hostIps?.join(',')]);
  },
);

conformance(
  '[sig-node] Downward API should provide pod UID as env vars [Conformance] [NodeConformance]',
  async (context) => {
    const { lines, pods } = await fields(context, 'metadata.uid');
    assert.deepEqual(lines, [(await pods.get('downward')).metadata.uid]);
  },
);

conformance(
  "[sig-node] Downward API should provide container's limits.cpu/memory and requests.cpu/memory as env vars [Conformance] [NodeConformance]",
  async (context) => {
    const amounts = { limits: { cpu: '1250m', memory: '64Mi' }, requests: { cpu: '250m', memory: '32Mi' } };
    assert.deepEqual(await resources(context, { resources: amounts }), ['2', '67108864', '1', '33554432']);
  },
);

conformance(
  '[sig-node] Downward API should provide default limits.cpu/memory from node allocatable [Conformance] [NodeConformance]',
  async (context) => {
    const { cpu, memory } = await allocatable(context);
    assert.deepEqual((await resources(context, {})).slice(0, 2), [cpu, memory]);
  },
);
