/**
 * What the machine of the rollouts runs: `inside.ts <rounds> <folder> <cgroup> <program> <output>`; rollout.ts starts it and reads
 * the output, a JSON array of Round.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Engine } from '../../chaos/engine.ts';
import { importBusybox } from '../../lib/busybox-image.ts';
import { Installation } from '../../lib/installation.ts';
import { DeploymentByKubectl } from './deployment.ts';
import type { Round, Times } from './figures.ts';
import type { Orchestrator } from './orchestrator.ts';
import { FEW, MANY, UPDATED } from './sizes.ts';
import { SwarmService } from './swarm.ts';

const IMAGE = 'busybox:1';

async function roundOf(side: Orchestrator, mark: string): Promise<Times> {
  await side.create(FEW);
  await side.settle(FEW);
  const scale = await timed(() => side.scale(MANY));
  // A command that says too early that all run would win.
  await side.settle(MANY, 0);
  await side.scale(UPDATED);
  await side.settle(UPDATED);
  const update = await timed(() => side.update(mark));
  await side.remove();
  return { scale, update };
}

async function timed(act: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

/** In turn, each the first every other time. */
async function compare(rounds: number, bramble: Orchestrator, swarm: Orchestrator): Promise<Round[]> {
  // What is done for the first time fills caches on both sides, and does not count.
  for (const side of [bramble, swarm]) {
    await side.create(FEW);
    await side.remove();
  }
  const all: Round[] = [];
  for (let i = 1; i <= rounds; i++) {
    const early = i % 2 === 0 ? await roundOf(swarm, `r${i}`) : undefined;
    const round = { bramble: await roundOf(bramble, `r${i}`), swarm: early ?? (await roundOf(swarm, `r${i}`)) };
    all.push(round);
    console.log(`  round ${i}: scale ${tell(round, 'scale')}; rolling update ${tell(round, 'update')}`);
  }
  return all;
}

function tell({ bramble, swarm }: Round, what: keyof Times): string {
  return `${(bramble[what] / 1000).toFixed(1)} s, Swarm ${(swarm[what] / 1000).toFixed(1)} s`;
}

const [rounds, folder = '', cgroupParent = '', program = '', output = ''] = process.argv.slice(2);
const home = join(folder, 'home');
mkdirSync(home);
const cluster = new Installation({
  dataDir: join(folder, 'data'),
  program: [program],
  bridge: 'bbench0',
  clusterCidr: '10.186.0.0/16',
  serviceCidr: '10.187.0.0/16',
  nodeName: 'bench',
});
// Swarm mode and --live-restore exclude each other.
await new Engine(folder, cgroupParent, { liveRestore: false }).start();
await importBusybox(IMAGE);
await cluster.startMaster();
await cluster.startAgent();
const swarm = await SwarmService.open(IMAGE);
const bramble = new DeploymentByKubectl(cluster.kubeconfig, home, cluster.options.bridge, IMAGE);
writeFileSync(output, JSON.stringify(await compare(Number(rounds), bramble, swarm)));
await swarm.close();
await cluster.stop();
// The engine is left running: the machine ends with this process, and all that runs in it.
process.exit(0);
