import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pod } from '../../src/api/types.ts';
import { runCommand } from '../../src/cli/up/run-command.ts';
import { importBusybox } from '../lib/busybox-image.ts';
import { Installation } from '../lib/installation.ts';
import { Client } from './client.ts';
import { Engine } from './engine.ts';
import { Faults } from './faults.ts';
import { Ledger } from './ledger.ts';
import { Random } from './random.ts';
import { IMAGE } from './shapes.ts';
import { violations } from './verdict.ts';
import { observeWorld, type World } from './world.ts';

export interface ChaosOptions {
  readonly seconds: number;
  readonly seed: number;
  /** The machine's own folder. */
  readonly folder: string;
  readonly cgroupParent: string;
  readonly program: string;
  /** Logs are copied there when anything is wrong. */
  readonly logs: string;
}

/** The longest back-off that MAX_KILLS leaves (40 s), two node heartbeats, a relist, and a slow machine. */
const SETTLE_MS = 180_000;

/** One run, on a machine of its own. @returns what was wrong at the end, a sentence for each. */
export async function runChaos(options: ChaosOptions): Promise<string[]> {
  const engine = new Engine(options.folder, options.cgroupParent);
  const cluster = new Installation({
    dataDir: join(options.folder, 'data'),
    program: [options.program],
    bridge: 'chaos0',
    clusterCidr: '10.42.0.0/16',
    serviceCidr: '10.43.0.0/16',
    nodeName: 'chaos',
  });
  await engine.start();
  await importBusybox(IMAGE);
  await cluster.startMaster();
  await cluster.startAgent();
  const found = await rage(options, cluster, engine);
  if (found.length > 0) keepLogs(options.logs, [cluster.logOf('master'), cluster.logOf('agent'), engine.logFile]);
  await cluster.end('agent');
  await cluster.end('master');
  return found;
}

async function rage({ seconds, seed }: ChaosOptions, cluster: Installation, engine: Engine): Promise<string[]> {
  const ledger = new Ledger();
  const client = new Client(cluster, new Random(seed));
  const faults = new Faults({ cluster, engine, bystanders: client.bystanders }, ledger, new Random(seed + 1));
  await client.createBystanders();
  const before = await settle(() => client.wanted, cluster);
  if (before.found.length > 0) return before.found;
  console.log(`seed ${seed}: ${client.bystanders.size} bystanders run; ${seconds} s of chaos`);
  const over = AbortSignal.timeout(seconds * 1000);
  const work = Promise.all([client.run(over), faults.run(over)]);
  await work;
  console.log(`over: ${client.counts}; killed: ${tell(faults.counts)}; waiting for order`);
  const start = performance.now();
  const { found, world } = await settle(() => client.wanted, cluster);
  console.log(`looked for ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return [
    ...found,
    ...unexpectedEnds(cluster),
    ...(world?.pods ?? []).flatMap((pod) => ledger.unexplained(pod)),
    ...disturbed(client.bystanders, before.world?.pods ?? [], world?.pods ?? []),
  ];
}

/** Looks until nothing is wrong, or too long. */
async function settle(
  wanted: () => ReadonlySet<string>,
  cluster: Installation,
): Promise<{ readonly found: string[]; readonly world: World | undefined }> {
  let last: { found: string[]; world: World | undefined } = { found: ['nothing could be looked at'], world: undefined };
  for (const end = Date.now() + SETTLE_MS; Date.now() < end; await sleep(500)) {
    try {
      const { items } = await cluster.api.get<{ items: Pod[] }>('/api/v1/namespaces/default/pods');
      const world = await observeWorld({ ...cluster.options, run: runCommand }, items);
      last = { found: violations(wanted(), world), world };
      if (last.found.length === 0) return last;
    } catch (error) {
      last = { found: [`can't look: ${error instanceof Error ? error.message : error}`], world: undefined };
    }
  }
  return last;
}

/** Daemons that are not there though nobody killed them. */
function unexpectedEnds(cluster: Installation): string[] {
  return (['master', 'agent'] as const)
    .filter((name) => cluster.pidOf(name) === undefined)
    .map((name) => `the ${name} ended by itself`);
}

/** Pods that nothing was done to must have kept their address and their containers. */
function disturbed(names: ReadonlySet<string>, before: readonly Pod[], after: readonly Pod[]): string[] {
  const markOf = (pods: readonly Pod[], name: string) => {
    const status = pods.find((pod) => pod.metadata.name === name)?.status;
    const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
    return [
      status?.podIP,
      ...all.map(({ name, containerID, restartCount }) => `${name} ${containerID} ${restartCount}`),
    ].join(', ');
  };
  return [...names]
    .filter((name) => markOf(before, name) !== markOf(after, name))
    .map((name) => `${name} was disturbed: ${markOf(before, name)} → ${markOf(after, name)}`);
}

export function tell(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([what, count]) => `${what} ${count}×`)
    .join(', ');
}

export function keepLogs(folder: string, files: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  for (const file of files) copyFileSync(file, join(folder, file.split('/').at(-1) ?? 'log'));
  console.log(`logs: ${folder}`);
}
