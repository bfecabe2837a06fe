import { SANDBOX_NAME } from '../../src/agent/runtime/create-options/labels.ts';
import type { Pod } from '../../src/api/types.ts';
import type { World } from './world.ts';

/** What differs between the world and what the client wants, a sentence for each; empty when all is as it should be. */
export function violations(wanted: ReadonlySet<string>, world: World): string[] {
  return [...podViolations(wanted, world), ...machineViolations(world)];
}

/** What is on a machine that its pods do not explain, or is not there though they need it. */
export function machineViolations(world: World): string[] {
  return [...engineViolations(world), ...leftovers(world), ...sharedAddresses(world.pods)];
}

function podViolations(wanted: ReadonlySet<string>, { pods }: World): string[] {
  const there = new Set(pods.map((pod) => pod.metadata.name));
  return [
    ...[...wanted].filter((name) => !there.has(name)).map((name) => `pod ${name} is wanted and not in the API`),
    ...pods.flatMap((pod) => {
      const { name } = pod.metadata;
      if (!wanted.has(name)) return [`pod ${name} was deleted and is still in the API`];
      const problem = problemOf(pod);
      return problem ? [`pod ${name} ${problem}`] : [];
    }),
  ];
}

function problemOf(pod: Pod): string | undefined {
  const { phase = 'unknown', containerStatuses = [] } = pod.status ?? {};
  if (pod.spec.restartPolicy === 'Never') {
    // One whose container was killed has failed, and stays so.
    return phase === 'Succeeded' || phase === 'Failed' ? undefined : `is ${phase}, not ended`;
  }
  if (phase !== 'Running') return `is ${phase}, not Running`;
  const waiting = containerStatuses.filter(({ ready }) => !ready).map(({ name }) => name);
  return waiting.length > 0 ? `runs without ${waiting.join(', ')}` : undefined;
}

/** Exactly one sandbox and one of each container must run for each pod that runs, and nothing for any other. */
function engineViolations({ pods, containers }: World): string[] {
  const byUid = new Map(pods.map((pod) => [pod.metadata.uid ?? '', pod]));
  const orphans = containers.filter(({ podUid }) => !byUid.has(podUid));
  const wrongCounts = pods.flatMap((pod) => {
    const own = containers.filter(({ podUid, isRunning }) => podUid === pod.metadata.uid && isRunning);
    return [SANDBOX_NAME, ...longRunning(pod)].flatMap((name) => {
      const count = own.filter(({ container }) => container === name).length;
      const expected = isEnded(pod) ? 0 : 1;
      return count === expected ? [] : [`pod ${pod.metadata.name}: ${count} running ${name}, not ${expected}`];
    });
  });
  return [
    ...orphans.map(({ podName, container, id }) => `orphan container ${container} of ${podName} (${id.slice(0, 12)})`),
    ...wrongCounts,
  ];
}

function longRunning({ spec }: Pod): string[] {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...sidecars, ...spec.containers].map(({ name }) => name);
}

function isEnded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

/** Endpoints, links, mounts, folders and addresses that belong to no pod. */
function leftovers(world: World): string[] {
  const uids = new Set(world.pods.map((pod) => pod.metadata.uid ?? ''));
  const foreign = (what: string, owners: readonly string[]) =>
    owners.filter((uid) => !uids.has(uid)).map((uid) => `${what} of no pod: ${uid}`);
  const running = new Set(world.containers.filter(({ isRunning }) => isRunning).map(({ id }) => id));
  const surplusPorts = world.bridgePorts.length - world.endpoints.length;
  return [
    ...world.endpoints
      .filter((id) => !running.has(id))
      .map((id) => `network endpoint of no container: ${id.slice(0, 12)}`),
    ...(surplusPorts === 0
      ? []
      : [`${world.bridgePorts.length} links on the bridge for ${world.endpoints.length} endpoints`]),
    ...foreign('mount', world.mounts),
    ...foreign('folder', world.folders),
    ...foreign('address', world.addresses),
  ];
}

/** No address belongs to two pods. */
export function sharedAddresses(pods: readonly Pod[]): string[] {
  const own = pods.filter((pod) => !pod.spec.hostNetwork && !isEnded(pod) && pod.status?.podIP);
  const byIp = Map.groupBy(own, (pod) => pod.status?.podIP);
  return [...byIp]
    .filter(([, users]) => users.length > 1)
    .map(([ip, users]) => `address ${ip} of several pods: ${users.map((pod) => pod.metadata.name).join(', ')}`);
}
