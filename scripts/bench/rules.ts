import { randomBytes } from 'node:crypto';
import type { Lab } from '../../test/lab/lab.ts';
import type { Bench, Figure, Measurement } from './measurement.ts';
import { needPrograms } from './network/tools.ts';
import { NEW_CONNECTIONS, routeThrough, wrk } from './network/wrk.ts';
import { BrambleRules, ENDPOINTS } from './rules/bramble-side.ts';
import type { PeerService } from './rules/iptables-chains.ts';
import { PeerRules } from './rules/peer-side.ts';
import { median, percentile } from './statistics.ts';

const SIZES = [1, 100, 1_000, 5_000] as const;
const SERVICE_CIDR = '10.43.0.0/16';
const MAX_ROUNDS = 3;
const MAX_CHANGES = 20;
const RATE_SECONDS = 2;
/** All chains of so many Services take half a minute: once is enough. */
const MANY = 5_000;

/** Rules of Services as their number grows, beside chains like kube-proxy's on a machine of its own. */
export const rules: Measurement = {
  name: 'rules',
  title: `rules at ${SIZES.map((size) => size.toLocaleString('en')).join(', ')} Services of ${ENDPOINTS} endpoints, beside iptables chains`,
  async run(bench) {
    await needPrograms({ wrk: 'wrk', nft: 'nftables', 'iptables-restore': 'iptables', conntrack: 'conntrack' });
    const id = randomBytes(3).toString('hex');
    const own = await bench.lab({ name: `rules-${id}`, nodes: 1 });
    try {
      const others = await bench.lab({ name: `chains-${id}`, nodes: 1, cluster: false });
      try {
        return await compare(bench, own, others);
      } finally {
        await others.down();
      }
    } finally {
      await own.down();
    }
  },
};

async function compare(bench: Bench, own: Lab, others: Lab): Promise<Figure[]> {
  for (const lab of [own, others]) await routeThrough(lab.host('client'), SERVICE_CIDR, lab.host('n1'));
  const bramble = await BrambleRules.open(own);
  const peer = await PeerRules.open(others, ENDPOINTS);
  const figures: Figure[] = [];
  try {
    for (const size of SIZES) {
      const title = `${size.toLocaleString('en')} Services`;
      const some = await atSize(bench, size, { own, others, bramble, peer });
      bench.say(`  ${title}: ${some.map(({ name, value, unit }) => `${name} ${value.toFixed(1)} ${unit}`).join('; ')}`);
      figures.push(...some.map((figure) => ({ ...figure, name: `${title}: ${figure.name}` })));
    }
  } finally {
    bramble.close();
  }
  return figures;
}

interface Sides {
  readonly own: Lab;
  readonly others: Lab;
  readonly bramble: BrambleRules;
  readonly peer: PeerRules;
}

async function atSize(bench: Bench, size: number, sides: Sides): Promise<Figure[]> {
  const { bramble, peer } = sides;
  const rounds = Math.min(bench.rounds, MAX_ROUNDS);
  const grownMs = await bramble.grow(size);
  const changes = await changesOf(bramble, Math.min(bench.rounds, MAX_CHANGES));
  const { whole, one } = await bramble.transactions(rounds);
  const { master, agent } = await bramble.memory();
  const services = await bramble.services();
  const chains = [await peer.replace(services)];
  while (size < MANY && chains.length < rounds) chains.push(await peer.replace(services));
  const chainsOne: number[] = [];
  while (chainsOne.length < rounds) chainsOne.push(await peer.changeOne());
  const rates = await ratesOf(rounds, services, sides);
  return [
    { name: 'created until all are in the rules', value: grownMs / 1000, unit: 's' },
    ...changes,
    { name: 'nft, whole table', value: median(whole), unit: 'ms' },
    { name: 'nft, one endpoint', value: median(one), unit: 'ms' },
    { name: 'iptables-restore, all chains', value: median(chains), unit: 'ms' },
    { name: 'iptables-restore, one endpoint', value: median(chainsOne), unit: 'ms' },
    ...rates,
    { name: 'agent: RSS', value: agent, unit: 'MB' },
    { name: 'master: RSS', value: master, unit: 'MB' },
  ];
}

async function changesOf(bramble: BrambleRules, rounds: number): Promise<Figure[]> {
  const gone: number[] = [];
  const come: number[] = [];
  for (let round = 0; round < rounds; round++) {
    gone.push(await bramble.change('refused'));
    come.push(await bramble.change('reached'));
  }
  return [
    { name: 'label of a pod → connections reach it, p50', value: percentile(come, 0.5), unit: 'ms' },
    { name: 'label of a pod → connections reach it, slowest', value: Math.max(...come), unit: 'ms' },
    { name: 'label of a pod → connections are refused, p50', value: percentile(gone, 0.5), unit: 'ms' },
  ];
}

/** New connections from outside to the Service that was made last, in turn: the last rule of a list is the dearest. */
async function ratesOf(rounds: number, services: readonly PeerService[], { own, others }: Sides): Promise<Figure[]> {
  const { clusterIp = '', port = 80 } = services.at(-1) ?? {};
  const rates = { own: [] as number[], others: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    rates.own.push(await rateOf(own, `http://${clusterIp}:${port}/`));
    rates.others.push(await rateOf(others, `http://${clusterIp}:${port}/`));
  }
  return [
    { name: 'new connections', value: median(rates.own), unit: 'a second' },
    { name: 'new connections, iptables chains', value: median(rates.others), unit: 'a second' },
  ];
}

async function rateOf(lab: Lab, url: string): Promise<number> {
  await lab.host('n1').run('conntrack', ['-F']);
  const client = lab.host('client');
  const load = { url, seconds: RATE_SECONDS, connections: 8, headers: [NEW_CONNECTIONS] };
  return (await wrk((program, args) => client.run(program, args), load)).perSecond;
}
