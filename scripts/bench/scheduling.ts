import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Node, Pod } from '../../src/api/types.ts';
import { createToken } from '../../src/cli/commands/token.ts';
import { isReady } from '../../src/cli/up/daemons.ts';
import { ApiConnection } from '../lib/api-connection.ts';
import type { Installation } from '../lib/installation.ts';
import { decisions } from './hollow/decisions.ts';
import { atLeast, atMost, type Figure, type Measurement } from './measurement.ts';
import { createMany, PODS, sleepingPod } from './pods.ts';
import { cpuSeconds, rssMegabytes } from './processes.ts';
import { percentile } from './statistics.ts';

const NODES = 1_000;
const PODS_COUNT = 10_000;
const CREATORS = 32;
const WITHIN_MS = 15 * 60_000;

/** Pods for a thousand nodes, all of them behind real sessions. */
export const scheduling: Measurement = {
  name: 'scheduling',
  title: `${PODS_COUNT.toLocaleString('en')} pods for ${NODES.toLocaleString('en')} simulated nodes`,
  async run(bench) {
    // A /24 for each node.
    const cluster = bench.install({ clusterCidr: '10.16.0.0/12' });
    let agents: ChildProcess | undefined;
    try {
      await cluster.startMaster();
      const api = new ApiConnection(cluster.kubeconfig);
      const joining = performance.now();
      agents = await startAgents(cluster);
      await untilReady(api);
      const joinedInS = (performance.now() - joining) / 1000;
      bench.say(`${NODES} nodes are Ready after ${Math.round(joinedInS)} s`);
      const pid = cluster.pidOf('master') ?? 0;
      const figures: Figure[] = [
        ...decisions(NODES, PODS_COUNT),
        { name: `${NODES} nodes joined and Ready`, value: joinedInS, unit: 's' },
        { name: 'master: RSS with the nodes', value: rssMegabytes(pid), unit: 'MB' },
        { name: 'master: of a core at rest with the nodes', value: await coreShare(pid, bench.seconds), unit: '%' },
        ...(await schedule(api, bench.image)),
        { name: 'master: RSS with the pods', value: rssMegabytes(pid), unit: 'MB' },
      ];
      api.close();
      return figures;
    } finally {
      agents?.kill('SIGKILL');
      await cluster.stop();
    }
  },
};

async function startAgents(cluster: Installation): Promise<ChildProcess> {
  const token = await createToken(cluster.api, { ttl: '1h' });
  const settings = { address: cluster.grpcAddress, token, count: NODES };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'hollow/main.ts')], {
    env: { ...process.env, BRAMBLE_HOLLOW: JSON.stringify(settings) },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the hollow agents ended: ${code}`)));
  await Promise.race([once(child.stdout, 'data'), ended]);
  return child;
}

async function untilReady(api: ApiConnection): Promise<void> {
  for (const end = Date.now() + WITHIN_MS; Date.now() < end; await sleep(500)) {
    const { items } = await api.json<{ items: Node[] }>('GET', '/api/v1/nodes');
    const isUsable = (node: Node) => isReady(node) && !node.spec.taints?.length;
    if (items.filter(isUsable).length === NODES) return;
  }
  throw new Error('not all nodes become Ready');
}

async function coreShare(pid: number, seconds: number): Promise<number> {
  const before = cpuSeconds(pid);
  await sleep(seconds * 1000);
  return (100 * (cpuSeconds(pid) - before)) / seconds;
}

/** Creates all pods as fast as the API takes them, and looks on until the last one runs. */
async function schedule(api: ApiConnection, image: string): Promise<Figure[]> {
  const bound = new Set<string>();
  const running = new Set<string>();
  const times = { bound: 0, running: 0 };
  const allRun = Promise.withResolvers<void>();
  const unwatch = await api.watch<Pod>(`${PODS}?watch=1`, ({ object: { metadata, spec, status } }) => {
    if (spec?.nodeName && bound.add(metadata.name).size === PODS_COUNT) times.bound ||= performance.now();
    if (status?.phase !== 'Running' || running.add(metadata.name).size < PODS_COUNT) return;
    times.running ||= performance.now();
    allRun.resolve();
  });
  const pods = Array.from({ length: PODS_COUNT }, (_, i) => modestPod(`pod-${i}`, image));
  const probe = new Probe(api);
  const start = performance.now();
  const probing = probe.run();
  await createMany(api, pods, CREATORS);
  const created = performance.now();
  await Promise.race([allRun.promise, sleep(WITHIN_MS, undefined, { ref: false })]);
  probe.stop();
  await probing;
  unwatch();
  if (running.size < PODS_COUNT) throw new Error(`${running.size} pods run, ${bound.size} have a node`);
  const rate = (end: number) => PODS_COUNT / ((end - start) / 1000);
  return [
    { name: `pods created, ${CREATORS} at once`, value: rate(created), unit: 'a second' },
    { name: 'pods created → all bound', value: rate(times.bound), unit: 'a second', goal: atLeast(1_000) },
    { name: 'last created → last bound', value: Math.max(0, times.bound - created) / 1000, unit: 's' },
    { name: 'pods created → all Running', value: rate(times.running), unit: 'a second' },
    { name: 'GET of an object meanwhile, p50', value: percentile(probe.gets, 0.5), unit: 'ms' },
    { name: 'GET of an object meanwhile, p99', value: percentile(probe.gets, 0.99), unit: 'ms', goal: atMost(100) },
    { name: 'label patch meanwhile, p99', value: percentile(probe.patches, 0.99), unit: 'ms', goal: atMost(100) },
  ];
}

function modestPod(name: string, image: string): Pod {
  const pod = sleepingPod(name, image);
  const [container] = pod.spec.containers;
  if (container) container.resources = { requests: { cpu: '50m', memory: '32Mi' } };
  return pod;
}

/** Uses the API as a person would, all the while. */
class Probe {
  readonly gets: number[] = [];
  readonly patches: number[] = [];
  readonly #api: ApiConnection;
  #isOver = false;

  constructor(api: ApiConnection) {
    this.#api = api;
  }

  async run(): Promise<void> {
    const path = '/api/v1/namespaces/default/configmaps/probe';
    await this.#api.json('POST', '/api/v1/namespaces/default/configmaps', {
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'probe' } },
    });
    for (let i = 0; !this.#isOver; i++) {
      this.gets.push(await timed(() => this.#api.json('GET', path)));
      const sending = { body: { metadata: { labels: { i: `${i}` } } }, contentType: 'application/merge-patch+json' };
      this.patches.push(await timed(() => this.#api.json('PATCH', path, sending)));
      await sleep(50);
    }
  }

  stop(): void {
    this.#isOver = true;
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
