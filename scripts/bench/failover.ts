import { randomBytes } from 'node:crypto';
import { BrambleSide } from './failover/bramble-side.ts';
import { figuresOf, type SideLosses } from './failover/figures.ts';
import { type FailoverSide, WAYS } from './failover/loss.ts';
import { SwarmSide } from './failover/swarm-side.ts';
import type { Bench, Figure, Measurement } from './measurement.ts';

/** A round of all ways takes two minutes with the default settings. */
const MAX_ROUNDS = 10;

interface Setting {
  readonly name: string;
  readonly masterFlags: readonly string[];
  /** Of Swarm's nodes; three that fail to come make a node down. */
  readonly heartbeat: string;
  readonly goalS: number;
}

const SETTINGS: readonly Setting[] = [
  { name: 'default', masterFlags: [], heartbeat: '5s', goalS: 25 },
  {
    name: 'fast',
    masterFlags: ['--node-monitor-grace-period=2s', '--default-toleration-seconds=1'],
    heartbeat: '1s',
    goalS: 5,
  },
];

/** A node with the only copy of something is lost: on a lab of three nodes, beside a Swarm on another that is just like it. */
export const failover: Measurement = {
  name: 'failover',
  title: 'a node is lost: from then until its pod runs on another, beside Swarm',
  async run(bench) {
    const figures: Figure[] = [];
    for (const setting of SETTINGS) figures.push(...(await compare(bench, setting)));
    return figures;
  },
};

/** Both sides at the same time: they wait for timers, not for the processor, and what else runs here meets both. */
async function compare(bench: Bench, { name, masterFlags, heartbeat, goalS }: Setting): Promise<Figure[]> {
  const id = randomBytes(3).toString('hex');
  const own = await bench.lab({ name: `bench-${id}`, masterFlags });
  try {
    // A manager and three workers; Swarm mode and --live-restore exclude each other.
    const others = await bench.lab({ name: `swarm-${id}`, nodes: 4, cluster: false, liveRestore: false });
    try {
      const sides = [
        { side: await BrambleSide.open(`Bramble, ${name}`, own), goalS },
        { side: await SwarmSide.open(`Swarm, ${heartbeat}`, others, heartbeat), goalS: undefined },
      ];
      const figures = sides.map(async ({ side, goalS }) =>
        figuresOf({ side: side.name, losses: await lossesOf(bench, side), goalS }),
      );
      return (await Promise.all(figures)).flat();
    } finally {
      await others.down();
    }
  } finally {
    await own.down();
  }
}

async function lossesOf(bench: Bench, side: FailoverSide): Promise<SideLosses['losses']> {
  const losses: SideLosses['losses'][number][] = [];
  for (let round = 1; round <= Math.min(bench.rounds, MAX_ROUNDS); round++) {
    for (const way of WAYS.filter((each) => side.ways.includes(each))) {
      const loss = await side.lose(way);
      const [noticed, replaced] = [loss.noticedMs, loss.replacedMs].map((ms) => (ms / 1000).toFixed(1));
      bench.say(`  ${side.name}, round ${round}, ${way}: noticed after ${noticed} s, replaced after ${replaced} s`);
      losses.push({ way, loss });
    }
  }
  return losses;
}
