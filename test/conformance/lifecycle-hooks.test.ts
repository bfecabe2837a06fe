import assert from 'node:assert/strict';
import type { Container } from '../../src/api/types.ts';
import { IDLE, pod, script } from '../e2e/pods/manifests.ts';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import { Pods } from './lib/pods.ts';

type Lifecycle = NonNullable<Container['lifecycle']>;

/** A pod that writes down who asks it for what. @returns its address, and what waits for a request */
async function listener(context: Context): Promise<{ address: string; heard: (what: string) => Promise<string> }> {
  const pods = new Pods(context);
  await pods.create(pod('listener', { name: 'main', image: 'nginx:latest' }));
  const address = await pods.address('listener');
  return { address, heard: (what) => pods.output('listener', new RegExp(`GET /\\?${what} `)) };
}

const hooks = (address: string, word: string) => ({
  exec: { exec: { command: ['wget', '-q', '-O', '/dev/null', `http://${address}/?${word}`] } },
  http: { httpGet: { host: address, port: 80, path: `/?${word}`, scheme: 'HTTP' as const } },
});

async function postStart(context: Context, kind: 'exec' | 'http'): Promise<void> {
  const pods = new Pods(context);
  const { address, heard } = await listener(context);
  const lifecycle: Lifecycle = { postStart: hooks(address, 'poststart')[kind] };
  await pods.create(script('main', IDLE, {}, { lifecycle }));
  await pods.ready('main');
  await heard('poststart');
}

async function preStop(context: Context, kind: 'exec' | 'http'): Promise<void> {
  const pods = new Pods(context);
  const { address, heard } = await listener(context);
  const lifecycle: Lifecycle = { preStop: hooks(address, 'prestop')[kind] };
  await pods.create(script('main', IDLE, { terminationGracePeriodSeconds: 15 }, { lifecycle }));
  await pods.ready('main');
  assert.doesNotMatch(await pods.logs('listener'), /prestop/);
  await pods.remove('main');
  await heard('prestop');
}

const named = (hook: string) =>
  `[sig-node] Container Lifecycle Hook when create a pod with lifecycle hook should execute ${hook} hook properly [Conformance] [NodeConformance]`;

for (const kind of ['exec', 'http'] as const) {
  conformance(named(`poststart ${kind}`), (context) => postStart(context, kind));
  conformance(named(`prestop ${kind}`), (context) => preStop(context, kind));
}

conformance('[sig-node] PreStop should call prestop when killing a pod [Conformance]', (context) =>
  preStop(context, 'exec'),
);
