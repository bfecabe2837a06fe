import type { Pod } from '../../../src/api/types.ts';
import { isReady } from '../../../src/cli/up/daemons.ts';
import { machineViolations, sharedAddresses } from '../verdict.ts';
import type { KernelState, LabWorld } from './lab-world.ts';
import { serviceViolations } from './services.ts';
import { hasService, type Wanted } from './workloads.ts';

/** What differs between a lab and what the client was promised, a sentence for each; empty when all is as it should be. */
export function labViolations(wanted: readonly Wanted[], world: LabWorld): string[] {
  const byApp = Map.groupBy(world.pods, ({ metadata }) => metadata.labels?.app ?? '');
  const known = new Set(wanted.map(({ name }) => name));
  return [
    ...wanted.flatMap((workload) => workloadViolations(workload, byApp.get(workload.name) ?? [])),
    ...[...byApp]
      .filter(([app]) => !known.has(app))
      .map(([app, pods]) => `${pods.length} pods of ${app}, which was deleted`),
    ...serviceViolations(new Set(wanted.filter(hasService).map(({ name }) => name)), world.pods, world.services),
    ...sharedAddresses(world.pods),
    ...[...world.nodes].flatMap(([node, here]) => machineViolations(here).map((sentence) => `${node}: ${sentence}`)),
  ];
}

function workloadViolations({ kind, name, replicas }: Wanted, pods: readonly Pod[]): string[] {
  const ready = pods.filter(isReady).length;
  const counts =
    pods.length === replicas && ready === replicas
      ? []
      : [`${name}: ${pods.length} pods, ${ready} Ready, not ${replicas}`];
  if (kind === 'Deployment') return counts;
  const names = new Set(pods.map(({ metadata }) => metadata.name));
  const missing = Array.from({ length: replicas }, (_, index) => `${name}-${index}`).filter((pod) => !names.has(pod));
  return [...counts, ...missing.map((pod) => `${pod} is missing`)];
}

/** Rules and routes that were not there before there were any pods, or are not there any more. */
export function kernelLeaks(node: string, before: KernelState, after: KernelState): string[] {
  return (['rules', 'routes'] as const).flatMap((what) => {
    const surplus = without(after[what], before[what]).map((line) => `${node}: left over in ${what}: ${line}`);
    const lost = without(before[what], after[what]).map((line) => `${node}: lost from ${what}: ${line}`);
    return [...surplus, ...lost];
  });
}

/** Lines of `all`, but for as many of each as `known` has. */
function without(all: readonly string[], known: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of known) left.set(line, (left.get(line) ?? 0) + 1);
  return all.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
