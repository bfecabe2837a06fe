import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from '../../../test/lab/lab.ts';
import { Ledger } from '../ledger.ts';
import { Random } from '../random.ts';
import { keepLogs, tell } from '../run.ts';
import { LabFaults } from './faults.ts';
import { kernelLeaks, labViolations } from './lab-verdict.ts';
import { BRIDGE, type KernelState, type LabWorld, observeKernel, observeLab } from './lab-world.ts';
import { watchForTwins } from './twins.ts';
import { Workloads } from './workloads.ts';

export interface LabChaosOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly nodes: number;
  /** Logs are copied there when anything is wrong. */
  readonly logs: string;
}

/** The longest back-off, two node heartbeats, a toleration, a StatefulSet one pod after the other, and a slow machine. */
const SETTLE_MS = 240_000;

/** One run on a lab of its own. @returns what was wrong, a sentence for each */
export async function runLabChaos({ seconds, seed, nodes, logs }: LabChaosOptions): Promise<string[]> {
  const lab = await Lab.up({ name: `chaos-${seed}`, nodes }, (what) => console.log(what));
  try {
    const found = await rage(lab, seconds, seed);
    if (found.length > 0) keepLabLogs(lab, logs);
    return found;
  } finally {
    await lab.down();
  }
}

async function rage(lab: Lab, seconds: number, seed: number): Promise<string[]> {
  for (const node of lab.nodes) await node.run('docker', ['pull', '-q', 'busybox:1']);
  const ledgers = new Map(lab.nodes.map(({ name }) => [name, new Ledger()]));
  const workloads = new Workloads(() => lab.api, new Random(seed));
  const faults = new LabFaults(lab, { ledgers, bridge: BRIDGE, random: new Random(seed + 1) });
  const kernels = await calm(lab, workloads);
  for (const kind of ['Deployment', 'StatefulSet'] as const) await workloads.create(kind);
  await settle(lab, workloads);
  console.log(`seed ${seed}: ${seconds} s of chaos on ${lab.nodes.length} nodes`);
  const start = performance.now();
  const say = (what: string) =>
    console.log(`${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s  ${what}`);
  const over = AbortSignal.timeout(seconds * 1000);
  const settled = new AbortController();
  const twins = watchForTwins(lab, settled.signal);
  try {
    await Promise.all([workloads.run(over), faults.run(over, say)]);
    console.log(`over: ${workloads.counts}; ${tell(faults.counts)}; waiting for order`);
    const { found, world } = await settle(lab, workloads);
    const restarts = (world?.pods ?? []).flatMap((pod) => ledgers.get(pod.spec.nodeName ?? '')?.unexplained(pod) ?? []);
    settled.abort();
    return [...found, ...restarts, ...(await twins), ...(await leftBehind(lab, workloads, kernels))];
  } finally {
    settled.abort();
  }
}

/** Has pods on every node, and takes them away again. @returns what the nodes' kernels hold then */
async function calm(lab: Lab, workloads: Workloads): Promise<Map<string, KernelState>> {
  await workloads.create('Deployment', lab.nodes.length * 2);
  await settle(lab, workloads);
  await workloads.deleteAll();
  await settle(lab, workloads);
  return new Map(await Promise.all(lab.nodes.map(async (node) => [node.name, await observeKernel(node)] as const)));
}

/** Takes all workloads away, and looks for what they have left in the kernels. */
async function leftBehind(lab: Lab, workloads: Workloads, before: ReadonlyMap<string, KernelState>): Promise<string[]> {
  await workloads.deleteAll();
  const { found } = await settle(lab, workloads);
  let leaks: string[] = [];
  for (const end = Date.now() + SETTLE_MS / 4; Date.now() < end; await sleep(2000)) {
    leaks = [];
    for (const node of lab.nodes) {
      const was = before.get(node.name);
      if (was) leaks.push(...kernelLeaks(node.name, was, await observeKernel(node)));
    }
    if (leaks.length === 0) break;
  }
  return [...found, ...leaks];
}

/** Looks until nothing is wrong, or too long. */
async function settle(
  lab: Lab,
  { wanted }: Workloads,
): Promise<{ readonly found: readonly string[]; readonly world: LabWorld | undefined }> {
  let last: { found: string[]; world: LabWorld | undefined } = {
    found: ['nothing could be looked at'],
    world: undefined,
  };
  const start = performance.now();
  for (const end = Date.now() + SETTLE_MS; Date.now() < end; await sleep(1000)) {
    try {
      const world = await observeLab(lab);
      last = { found: labViolations(wanted, world), world };
      if (last.found.length === 0) break;
    } catch (error) {
      last = { found: [`can't look: ${error instanceof Error ? error.message : error}`], world: undefined };
    }
  }
  console.log(`looked for ${((performance.now() - start) / 1000).toFixed(1)} s`, ...last.found);
  return last;
}

function keepLabLogs(lab: Lab, folder: string): void {
  for (const host of lab.hosts.values()) keepLogs(`${folder}/${host.name}`, host.logs());
}
