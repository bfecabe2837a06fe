import type { Pod } from '../../../src/api/types.ts';
import type { Host } from '../../../test/lab/host.ts';
import type { Lab } from '../../../test/lab/lab.ts';
import { listContainers } from '../engine-view.ts';
import { observeWorld, type World } from '../world.ts';
import { observeServices, type ServiceLook } from './services.ts';

export const BRIDGE = 'bramble0';

/** All nodes of a lab, looked at once. */
export interface LabWorld {
  readonly pods: readonly Pod[];
  readonly nodes: ReadonlyMap<string, World>;
  readonly services: readonly ServiceLook[];
}

/** What a node has in its kernel, as sorted lines without counters, handles and other things that differ from look to look. */
export interface KernelState {
  readonly rules: readonly string[];
  readonly routes: readonly string[];
}

/** @throws Error while the API or an engine is away */
export async function observeLab(lab: Lab): Promise<LabWorld> {
  const pods = (await lab.api.get<{ items: Pod[] }>('/api/v1/namespaces/default/pods')).items;
  const nodes = new Map<string, World>();
  for (const host of lab.nodes) {
    const own = pods.filter(({ spec }) => spec.nodeName === host.name);
    nodes.set(host.name, await observeWorld({ run: runOn(host), dataDir: host.dataDir, bridge: BRIDGE }, own));
  }
  return { pods, nodes, services: await observeServices(lab) };
}

/** Ids of the running containers of each pod name, sandboxes apart, over all nodes that have power: cut off or not. */
export async function runningByPod(lab: Lab): Promise<Map<string, string[]>> {
  const found = await Promise.all(
    lab.nodes.map(async (host) => {
      // Without power nothing runs; without an engine nobody can tell, and the next look may.
      const all = await listContainers(runOn(host), BRIDGE).catch(() => []);
      return all.filter(({ isRunning, container }) => isRunning && container !== 'POD');
    }),
  );
  const byPod = Map.groupBy(found.flat(), ({ podName }) => podName);
  return new Map([...byPod].map(([name, containers]) => [name, containers.map(({ id }) => id)]));
}

export async function observeKernel(host: Host): Promise<KernelState> {
  const rules = (await host.run('nft', ['-s', 'list', 'ruleset'])).split('\n');
  const routes = (await host.run('ip', ['route', 'show', 'table', 'all'])).split('\n');
  const tidy = (lines: readonly string[]) =>
    lines
      .map((line) => line.trim().replace(/\bcounter packets \d+ bytes \d+ ?/, ''))
      .filter((line) => line !== '')
      .sort();
  // A link is down while no pod hangs on it, and has the kernel's own IPv6 addresses while one does. Neither is a leak.
  const plain = routes
    .filter((route) => !/\b(fe80:|ff00:)/.test(route))
    .map((route) => route.replace(/ ?(linkdown|dead)\b/g, ''));
  return { rules: tidy(rules), routes: tidy(plain) };
}

function runOn(host: Host) {
  return (program: string, args: readonly string[]) => host.run(program, args);
}
