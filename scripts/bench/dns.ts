import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Node } from '../../src/api/types.ts';
import { GATEWAY } from '../../test/lab/addresses.ts';
import type { Lab } from '../../test/lab/lab.ts';
import { ApiConnection } from '../lib/api-connection.ts';
import { type DnsRun, parseDnsperf } from './dns/dnsperf.ts';
import { createNames, type Question, questions } from './dns/names.ts';
import type { Bench, Figure, Measurement } from './measurement.ts';
import { answeringPod, LabPods } from './network/lab-pods.ts';
import { needPrograms } from './network/tools.ts';
import { median, percentile } from './statistics.ts';

const MAX_ROUNDS = 5;
const SECONDS = 2;
/** So few that no server is busy: what is measured is the time of one. */
const CALM_PER_SECOND = 500;
/** The master's default. */
const CLUSTER_DNS = '10.43.0.10';
const PEER_PORT = 5353;
const CLIENT = 'asker';

interface Side {
  readonly name: string;
  readonly server: string;
  readonly port: number;
}

interface Round {
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
}

/** The cluster's DNS, asked by a pod, beside a dnsmasq on the same machine that has the same names in a file. */
export const dns: Measurement = {
  name: 'dns',
  title: 'names of the cluster, asked by a pod, beside dnsmasq',
  async run(bench) {
    await needPrograms({ dnsperf: 'dnsperf', dnsmasq: 'dnsmasq-base' });
    const lab = await bench.lab({ name: `dns-${randomBytes(3).toString('hex')}`, nodes: 1 });
    const api = new ApiConnection(lab.kubeconfig);
    try {
      const hosts = await createNames(api);
      const pods = new LabPods(lab, api);
      await pods.start([answeringPod(CLIENT, 'n1', {})]);
      const peer = await startPeer(lab, api, hosts);
      const sides = [{ name: 'Bramble', server: CLUSTER_DNS, port: 53 }, peer];
      return await compare(bench, await Asker.open(lab, pods), sides);
    } finally {
      api.close();
      await lab.down();
    }
  },
};

/** On the address that the cluster's own server has on this node, with the same upstream. */
async function startPeer(lab: Lab, api: ApiConnection, hosts: string): Promise<Side> {
  const { spec } = await api.json<Node>('GET', '/api/v1/nodes/n1');
  const server = (spec.podCIDR ?? '').replace(/\.0\/\d+$/, '.1');
  const n1 = lab.host('n1');
  const file = join(n1.folder, 'bench-hosts');
  writeFileSync(file, hosts);
  const upstream = n1.address.replace(/\d+$/, String(GATEWAY));
  const names = [
    '--no-resolv',
    `--server=${upstream}`,
    '--local=/cluster.local/',
    '--no-hosts',
    `--addn-hosts=${file}`,
  ];
  const place = ['--bind-interfaces', `--listen-address=${server}`, `--port=${PEER_PORT}`, '--user=root'];
  const settings = ['--conf-file=/dev/null', '--pid-file=', '--cache-size=10000', '--dns-forward-max=1000'];
  await n1.start('dnsmasq', ['dnsmasq', '--keep-in-foreground', ...settings, ...place, ...names]);
  return { name: 'dnsmasq', server, port: PEER_PORT };
}

/** dnsperf in the network of a pod. */
class Asker {
  readonly #lab: Lab;
  readonly #entry: readonly string[];

  private constructor(lab: Lab, entry: readonly string[]) {
    this.#lab = lab;
    this.#entry = entry;
  }

  static async open(lab: Lab, pods: LabPods): Promise<Asker> {
    return new Asker(lab, await pods.entryOf(CLIENT));
  }

  /** Rules and servers may take a moment to be there. */
  async until(side: Side, question: Question): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        await this.round(side, question, 1);
        return;
      } catch (error) {
        if (tries === 20) throw error;
        await sleep(500);
      }
    }
  }

  async round(side: Side, question: Question, seconds = SECONDS): Promise<Round> {
    const fast = await this.#ask(side, question, ['-l', String(seconds), '-c', '4', '-q', '50']);
    const calm = await this.#ask(side, question, ['-l', String(seconds), '-v', '-Q', String(CALM_PER_SECOND)]);
    return { perSecond: fast.perSecond, latenciesMs: calm.latenciesMs };
  }

  async #ask({ name, server, port }: Side, { title, names, code }: Question, how: readonly string[]): Promise<DnsRun> {
    const [nsenter = '', ...entry] = this.#entry;
    const n1 = this.#lab.host('n1');
    const file = join(n1.folder, 'bench-questions');
    writeFileSync(file, names.map((each) => `${each} A\n`).join(''));
    const args = ['-s', server, '-p', String(port), '-t', '2', '-d', file, ...how];
    const run = parseDnsperf(await n1.run(nsenter, [...entry, 'dnsperf', ...args]));
    const answered = run.codes.get(code) ?? 0;
    const others = [...run.codes].filter(([each]) => each !== code);
    // A server that answers wrongly, or not, is fast without merit.
    if (answered === 0 || others.length > 0 || run.lost > answered / 100) {
      throw new Error(`${name}, ${title}: ${run.lost} lost, answers: ${[...run.codes].join('; ')}`);
    }
    return run;
  }
}

/** In turn, so that what else the machine does meets both. */
async function compare(bench: Bench, asker: Asker, sides: readonly Side[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const question of questions('client')) {
    const rounds = new Map<Side, Round[]>(sides.map((side) => [side, []]));
    for (const side of sides) await asker.until(side, question);
    for (let round = 1; round <= Math.min(bench.rounds, MAX_ROUNDS); round++) {
      for (const [side, taken] of rounds) taken.push(await asker.round(side, question));
    }
    bench.say(`  ${question.title}: ${[...rounds].map(([{ name }, taken]) => `${name} ${tell(taken)}`).join('; ')}`);
    figures.push(...figuresOf(question, rounds));
  }
  return figures;
}

function tell(rounds: readonly Round[]): string {
  return rounds.map(({ perSecond }) => Math.round(perSecond)).join(', ');
}

function figuresOf({ title }: Question, rounds: ReadonlyMap<Side, readonly Round[]>): Figure[] {
  const own = [...rounds].flatMap(([{ name }, taken]): Figure[] => {
    const latencies = taken.flatMap(({ latenciesMs }) => latenciesMs);
    return [
      { name: `${title}, ${name}`, value: median(taken.map(({ perSecond }) => perSecond)), unit: 'a second' },
      { name: `${title}, ${name}: p50`, value: percentile(latencies, 0.5), unit: 'ms' },
      { name: `${title}, ${name}: p99`, value: percentile(latencies, 0.99), unit: 'ms' },
    ];
  });
  const [ours = 0, peers = 1] = [...rounds.values()].map((taken) => median(taken.map(({ perSecond }) => perSecond)));
  return [...own, { name: `${title}: of dnsmasq's rate`, value: ours / peers, unit: '×' }];
}
