import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Haproxy } from '../../src/agent/ingress/haproxy.ts';
import { ingressFolder } from '../../src/agent/ingress/haproxy-config.ts';
import { runCommand } from '../../src/cli/up/run-command.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { ApiConnection } from '../lib/api-connection.ts';
import type { Installation } from '../lib/installation.ts';
import { atLeast, type Bench, type Figure, type Measurement } from './measurement.ts';
import { needPrograms } from './network/tools.ts';
import { type Load, wrk } from './network/wrk.ts';
import { cpuSeconds, ownMegabytes } from './processes.ts';
import { median } from './statistics.ts';

const HOST = 'bench.example';
const PORTS = { ingress: 28_080, ingressTls: 28_443, plain: 28_081, backend: 28_082 } as const;
const MAX_ROUNDS = 10;
const ROUND_SECONDS = 3;
const CONNECTIONS = 32;
/** What hosts, paths, headers and retries of an Ingress may cost beside a proxy that has one backend. */
const GOAL = atLeast(0.8);

/** Answers every request by itself. */
const BACKEND = `defaults
  mode http
  timeout client 60s
  timeout server 60s
  timeout connect 5s
frontend answers
  bind :${PORTS.backend}
  http-request return status 200 content-type text/plain string "${'x'.repeat(100)}"
`;

/** The least that somebody would write to have that backend proxied. */
const PLAIN = `defaults
  mode http
  timeout client 60s
  timeout server 60s
  timeout connect 5s
frontend plain
  bind :${PORTS.plain}
  default_backend answers
backend answers
  server one ADDRESS:${PORTS.backend}
`;

interface Contender {
  readonly name: 'Ingress' | 'haproxy alone';
  readonly pid: number;
  readonly url: string;
}

/** Requests through an Ingress, in turn with the same through a haproxy whose configuration somebody wrote by hand. */
export const ingress: Measurement = {
  name: 'ingress',
  title: 'Requests through an Ingress, beside haproxy alone with one backend',
  async run(bench) {
    await needPrograms({ wrk: 'wrk', haproxy: 'haproxy' });
    const folder = mkdtempSync(join(tmpdir(), 'bramble-bench-ingress-'));
    const address = ownAddress();
    const flags = [`--ingress-http-port=${PORTS.ingress}`, `--ingress-https-port=${PORTS.ingressTls}`];
    const cluster = bench.install({ agentFlags: flags });
    const [backend, plain] = [BACKEND, PLAIN.replace('ADDRESS', address)].map((config, i) =>
      startProxy(join(folder, `${i}.cfg`), config),
    );
    try {
      await cluster.startMaster();
      await cluster.startAgent();
      const pid = await serve(cluster, address);
      return await race(bench, [
        { name: 'Ingress', pid, url: `http://127.0.0.1:${PORTS.ingress}/` },
        { name: 'haproxy alone', pid: plain?.pid ?? 0, url: `http://127.0.0.1:${PORTS.plain}/` },
      ]);
    } finally {
      plain?.kill();
      backend?.kill();
      await cluster.stop();
      rmSync(folder, { recursive: true });
    }
  },
};

/** In a session of its own, as the agent's is: the kernel shares processors out among sessions (sched_autogroup). */
function startProxy(file: string, config: string): ChildProcess {
  writeFileSync(file, config);
  return spawn('haproxy', ['-db', '-q', '-f', file], { stdio: 'inherit', detached: true });
}

/** Has the cluster serve the backend. @returns the proxy's pid */
async function serve(cluster: Installation, address: string): Promise<number> {
  const api = new ApiConnection(cluster.kubeconfig);
  const metadata = { name: 'answers', labels: { 'kubernetes.io/service-name': 'answers' } };
  const backend = { service: { name: 'answers', port: { number: 80 } } };
  const rule = { host: HOST, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } };
  const ports = (port: number) => [{ name: 'http', port }];
  for (const [path, body] of [
    [
      '/api/v1/namespaces/default/services',
      { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: ports(80) } },
    ],
    [
      '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices',
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata,
        addressType: 'IPv4',
        ports: ports(PORTS.backend),
        endpoints: [{ addresses: [address], conditions: { ready: true } }],
      },
    ],
    [
      '/apis/networking.k8s.io/v1/namespaces/default/ingresses',
      { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec: { rules: [rule] } },
    ],
  ] as const)
    await api.json('POST', path, { body });
  api.close();
  const proxy = new Haproxy(ingressFolder(cluster.options.dataDir), { clock: systemClock, onEnd: () => {} });
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(100)) {
    const state = await proxy.observe();
    proxy.close();
    if (state?.slots.get('default_answers_80')?.some((server) => server)) return state.pid;
  }
  throw new Error('the Ingress is not served after 30 s');
}

interface Round extends Load {
  readonly cpuMicros: number;
}

/** In turn, so that what else runs on the machine meets both. */
async function race({ rounds, say }: Bench, contenders: readonly Contender[]): Promise<Figure[]> {
  const results = new Map(contenders.map(({ name }): [string, Round[]] => [name, []]));
  for (let round = 0; round < Math.min(rounds, MAX_ROUNDS) + 1; round++) {
    for (const { name, pid, url } of contenders) {
      const before = cpuSeconds(pid);
      const load = await wrk(runCommand, {
        url,
        seconds: ROUND_SECONDS,
        connections: CONNECTIONS,
        headers: [`Host: ${HOST}`],
      });
      const cpuMicros = ((cpuSeconds(pid) - before) * 1e6) / load.requests;
      // The first round makes the processes what they are under load, and is not counted.
      if (round > 0) results.get(name)?.push({ ...load, cpuMicros });
      say(`  ${name}: ${Math.round(load.perSecond)} a second, ${cpuMicros.toFixed(1)} µs of CPU each`);
    }
  }
  const of = (name: string, pick: (round: Round) => number) => median((results.get(name) ?? []).map(pick));
  const ratio = of('Ingress', (one) => one.perSecond) / of('haproxy alone', (one) => one.perSecond);
  return [
    { name: 'requests a second, Ingress : alone', value: ratio, unit: '×', goal: GOAL, note: 'medians' },
    ...contenders.flatMap(({ name, pid }): Figure[] => [
      {
        name: `${name}: requests a second`,
        value: of(name, (one) => one.perSecond),
        unit: '',
        note: `${CONNECTIONS} connections`,
      },
      { name: `${name}: p50`, value: of(name, (one) => one.p50Ms), unit: 'ms' },
      { name: `${name}: p99`, value: of(name, (one) => one.p99Ms), unit: 'ms' },
      { name: `${name}: CPU`, value: of(name, (one) => one.cpuMicros), unit: 'µs a request' },
      { name: `${name}: memory of its own`, value: ownMegabytes(pid), unit: 'MB' },
      { name: `${name}: proportional memory`, value: proportionalMegabytes(pid), unit: 'MB' },
    ]),
  ];
}

/** With its share of the pages that other processes have too (PSS). Source: proc(5), smaps_rollup. */
function proportionalMegabytes(pid: number): number {
  return Number(/^Pss:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) / 1024;
}

/** An EndpointSlice may not name the loopback. */
function ownAddress(): string {
  const own = Object.values(networkInterfaces()).flat();
  const found = own.find((address) => address?.family === 'IPv4' && !address.internal);
  if (!found) throw new Error('this machine has no address but the loopback');
  return found.address;
}
