import { setTimeout as sleep } from 'node:timers/promises';
import { ApiConnection } from '../lib/api-connection.ts';
import type { DaemonName, Installation } from '../lib/installation.ts';
import { atMost, type Bench, type Figure, type Goal, type Measurement } from './measurement.ts';
import { createMany, sleepingPod, untilRunning } from './pods.ts';
import { countSyncs, cpuSeconds, ownMegabytes, rssMegabytes, writtenBytes } from './processes.ts';

const PODS_AT_REST = 10;
/** What creating the pods set going (garbage collection, checkpoints, back-offs) is over by then. */
const SETTLE_MS = 20_000;

const GOALS: Readonly<Record<DaemonName, { readonly rss: Goal; readonly cpu: Goal }>> = {
  master: { rss: atMost(150), cpu: atMost(1) },
  agent: { rss: atMost(90), cpu: atMost(0.5) },
};
const WRITTEN_GOAL = atMost(50);
const SYNCS_GOAL = atMost(2);

/** Memory, processor and disk of master and agent with ten pods that do nothing. */
export const rest: Measurement = {
  name: 'rest',
  title: `Master and agent at rest with ${PODS_AT_REST} pods`,
  async run(bench) {
    const cluster = bench.install();
    try {
      await cluster.startMaster();
      await cluster.startAgent();
      const api = new ApiConnection(cluster.kubeconfig);
      const pods = Array.from({ length: PODS_AT_REST }, (_, i) => sleepingPod(`rest-${i}`, bench.image));
      await createMany(api, pods, 4);
      await untilRunning(api, PODS_AT_REST);
      api.close();
      bench.say(`  ${PODS_AT_REST} pods run; waiting ${SETTLE_MS / 1000} s, then looking for 2 × ${bench.seconds} s`);
      await sleep(SETTLE_MS);
      return await look(bench, cluster);
    } finally {
      await cluster.stop();
    }
  },
};

async function look(bench: Bench, cluster: Installation): Promise<Figure[]> {
  const figures = (await Promise.all([atRest(bench, cluster, 'master'), atRest(bench, cluster, 'agent')])).flat();
  const names = ['master', 'agent'] as const;
  const syncs = await Promise.all(names.map((name) => countSyncs(pidOf(cluster, name), bench.seconds)));
  const note = `strace, ${bench.seconds} s`;
  return [
    ...figures,
    ...names.map((name, i) => ({
      name: `${name}: fsync and fdatasync`,
      value: ((syncs[i] ?? 0) * 60) / bench.seconds,
      unit: 'a minute',
      ...(name === 'master' ? { goal: SYNCS_GOAL } : {}),
      note,
    })),
  ];
}

async function atRest({ seconds }: Bench, cluster: Installation, name: DaemonName): Promise<Figure[]> {
  const pid = pidOf(cluster, name);
  const [cpu, written, start] = [cpuSeconds(pid), writtenBytes(pid), performance.now()];
  const rss: number[] = [];
  for (let second = 0; second < seconds; second += 2) {
    await sleep(2000);
    rss.push(rssMegabytes(pid));
  }
  const took = (performance.now() - start) / 1000;
  return [
    { name: `${name}: RSS, greatest`, value: Math.max(...rss), unit: 'MB', goal: GOALS[name].rss },
    { name: `${name}: of that its own, at the end`, value: ownMegabytes(pid), unit: 'MB' },
    { name: `${name}: CPU`, value: ((cpuSeconds(pid) - cpu) / took) * 100, unit: '% of a core', goal: GOALS[name].cpu },
    {
      name: `${name}: written to disk`,
      value: (((writtenBytes(pid) - written) / took) * 60) / 2 ** 20,
      unit: 'MB a minute',
      ...(name === 'master' ? { goal: WRITTEN_GOAL } : {}),
    },
  ];
}

function pidOf(cluster: Installation, name: DaemonName): number {
  const pid = cluster.pidOf(name);
  if (pid === undefined) throw new Error(`the ${name} has ended; see ${cluster.logOf(name)}`);
  return pid;
}
