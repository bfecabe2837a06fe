import { randomBytes } from 'node:crypto';
import type { Service } from '../../src/api/types.ts';
import type { Lab } from '../../test/lab/lab.ts';
import { ApiConnection } from '../lib/api-connection.ts';
import { atLeast, atMost, type Bench, type Figure, type Measurement } from './measurement.ts';
import { megabitsPerSecond } from './network/iperf3.ts';
import { answeringPod, HTTP_PORT, LabPods } from './network/lab-pods.ts';
import { needPrograms } from './network/tools.ts';
import { NEW_CONNECTIONS, type Run, routeThrough, wrk } from './network/wrk.ts';
import { median } from './statistics.ts';

const CLUSTER_CIDR = '10.42.0.0/16';
const STREAM_PORT = 5201;
const SERVER = 'server';
const MAX_ROUNDS = 10;
const SECONDS = 2;
/** What the kernel's way to a Service may take from a stream, and add to a request of a kept connection. */
const THROUGHPUT = atLeast(0.97);
const KEPT = atMost(1.1);
const FRESH = atMost(1.25);

/** Where requests come from. */
interface Place {
  readonly name: string;
  readonly run: Run;
  /** The pod's own address first: the others are compared with it. */
  readonly ways: readonly Way[];
}

/** What they are sent to. */
interface Way {
  readonly name: string;
  readonly address: string;
  readonly http: number;
  readonly stream: number;
}

interface Round {
  readonly megabits: number;
  readonly kept: number;
  readonly keptP99: number;
  readonly fresh: number;
  readonly freshP99: number;
}

/** ClusterIP and NodePort beside the pod's own address: from its node, from another one, from outside. */
export const services: Measurement = {
  name: 'services',
  title: 'streams and requests to a ClusterIP and a NodePort, beside those to the pod’s own address',
  async run(bench) {
    await needPrograms({ wrk: 'wrk', iperf3: 'iperf3' });
    const lab = await bench.lab({ name: `services-${randomBytes(3).toString('hex')}`, nodes: 2 });
    const api = new ApiConnection(lab.kubeconfig);
    try {
      const figures: Figure[] = [];
      for (const place of await placesOf(lab, api)) figures.push(...(await compare(bench, place)));
      return figures;
    } finally {
      api.close();
      await lab.down();
    }
  },
};

async function placesOf(lab: Lab, api: ApiConnection): Promise<Place[]> {
  const pods = new LabPods(lab, api);
  const askers = [answeringPod('near', 'n1', {}), answeringPod('far', 'n2', {})];
  await pods.start([answeringPod(SERVER, 'n1', { app: SERVER }), ...askers]);
  const [nsenter = '', ...entry] = await pods.entryOf(SERVER);
  const [n1, n2, client] = [lab.host('n1'), lab.host('n2'), lab.host('client')];
  await n1.start('iperf3', [nsenter, ...entry, 'iperf3', '--server', '--port', String(STREAM_PORT)]);
  await routeThrough(client, CLUSTER_CIDR, n1);
  const { clusterIp, http, stream } = await createService(api);
  const own = { name: 'own address', address: pods.addressOf(SERVER), http: HTTP_PORT, stream: STREAM_PORT };
  const cluster = { name: 'ClusterIP', address: clusterIp, http: 80, stream: STREAM_PORT };
  const nodePort = (name: string, address: string) => ({ name, address, http, stream });
  const inPod = async (name: string): Promise<Run> => {
    const [program = '', ...first] = await pods.entryOf(name);
    return (command, args) => pods.hostOf(name).run(program, [...first, command, ...args]);
  };
  return [
    {
      name: 'pod of the same node',
      run: await inPod('near'),
      ways: [own, cluster, nodePort('NodePort', n1.address)],
    },
    {
      name: 'pod of another node',
      run: await inPod('far'),
      ways: [own, cluster, nodePort('NodePort', n1.address)],
    },
    {
      name: 'outside',
      run: (program, args) => client.run(program, args),
      ways: [own, nodePort('NodePort', n1.address), nodePort('NodePort of the other node', n2.address)],
    },
  ];
}

async function createService(api: ApiConnection) {
  const ports = [
    { name: 'http', port: 80, targetPort: HTTP_PORT },
    { name: 'stream', port: STREAM_PORT, targetPort: STREAM_PORT },
  ];
  const body = { metadata: { name: SERVER }, spec: { type: 'NodePort', selector: { app: SERVER }, ports } };
  const { spec } = await api.json<Service>('POST', '/api/v1/namespaces/default/services', { body });
  const [http = 0, stream = 0] = (spec.ports ?? []).map(({ nodePort }) => nodePort ?? 0);
  return { clusterIp: spec.clusterIP ?? '', http, stream };
}

/** In turn, so that what else the machine does meets all ways. */
async function compare(bench: Bench, { name: place, run, ways }: Place): Promise<Figure[]> {
  const taken = ways.map((): Round[] => []);
  // The first round waits for rules and routes, and is not counted.
  for (let round = 0; round < Math.min(bench.rounds, MAX_ROUNDS) + 1; round++) {
    for (const [i, way] of ways.entries()) {
      const result = await oneRound(run, way);
      if (round > 0) taken[i]?.push(result);
      bench.say(
        `  ${place} → ${way.name}: ${Math.round(result.megabits)} Mbit/s, ${result.kept.toFixed(3)} ms, ${result.fresh.toFixed(3)} ms`,
      );
    }
  }
  const of = (i: number, pick: (round: Round) => number) => median((taken[i] ?? []).map(pick));
  const ratio = (i: number, pick: (round: Round) => number) => of(i, pick) / of(0, pick);
  return ways.flatMap((way, i): Figure[] => {
    const name = `${place} → ${way.name}`;
    const plain = [
      { name: `${name}: stream`, value: of(i, (round) => round.megabits) / 1000, unit: 'Gbit/s' },
      { name: `${name}: request, p50`, value: of(i, (round) => round.kept), unit: 'ms' },
      { name: `${name}: request, p99`, value: of(i, (round) => round.keptP99), unit: 'ms' },
      { name: `${name}: connection and request, p50`, value: of(i, (round) => round.fresh), unit: 'ms' },
      { name: `${name}: connection and request, p99`, value: of(i, (round) => round.freshP99), unit: 'ms' },
    ];
    // Through a node that has no such pod is one machine more: no fault of rules.
    const isSameWay = !way.name.includes('other');
    const goal = (bound: Figure['goal']) => (isSameWay && bound ? { goal: bound } : {});
    const ratios = [
      { name: `${name}: stream`, value: ratio(i, (round) => round.megabits), ...goal(THROUGHPUT) },
      { name: `${name}: request, p50`, value: ratio(i, (round) => round.kept), ...goal(KEPT) },
      { name: `${name}: connection and request, p50`, value: ratio(i, (round) => round.fresh), ...goal(FRESH) },
    ];
    return i === 0 ? plain : [...plain, ...ratios.map((figure) => ({ ...figure, unit: '× own address' }))];
  });
}

async function oneRound(run: Run, { address, http, stream }: Way): Promise<Round> {
  const load = { url: `http://${address}:${http}/`, seconds: SECONDS, connections: 1 };
  const kept = await wrk(run, load);
  const fresh = await wrk(run, { ...load, headers: [NEW_CONNECTIONS] });
  const megabits = await megabitsPerSecond(run, { address, port: stream, seconds: SECONDS });
  return { megabits, kept: kept.p50Ms, keptP99: kept.p99Ms, fresh: fresh.p50Ms, freshP99: fresh.p99Ms };
}
