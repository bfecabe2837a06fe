import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PAUSE_IMAGE } from '../../src/agent/runtime/pause-image.ts';
import type { Pod } from '../../src/api/types.ts';
import { runCommand } from '../../src/cli/up/run-command.ts';
import { ApiConnection } from '../lib/api-connection.ts';
import type { Installation } from '../lib/installation.ts';
import { atMost, type Bench, type Figure, type Measurement } from './measurement.ts';
import { PODS, sleepingPod, untilNoContainer } from './pods.ts';
import { median } from './statistics.ts';

const RUNNING_WITHIN_MS = 60_000;

/** A network like the pods': Docker gives its containers a resolver of their own, which it does not on the default one. */
const OWN_NETWORK = 'bbench-plain';
const OWN_SUBNET = '10.185.0.0/24';

/**
 * From the start of `kubectl apply` to a watcher seeing the pod Running, against the two `docker run`s that a pod is: on
 * Docker's default network as people type them, and on a network of the pods' kind.
 */
export const apply: Measurement = {
  name: 'apply',
  title: 'kubectl apply of a pod → Running, beside `docker run` of pause and container',
  async run(bench) {
    const cluster = bench.install();
    // One HOME for all rounds: kubectl keeps its discovery cache there, as it does for a person.
    const home = mkdtempSync(join(tmpdir(), 'bench-home-'));
    try {
      await cluster.startMaster();
      await cluster.startAgent();
      await runCommand('docker', ['network', 'create', '--subnet', OWN_SUBNET, OWN_NETWORK]);
      return await compare(bench, cluster, home);
    } finally {
      // It may never have been made.
      await runCommand('docker', ['network', 'rm', OWN_NETWORK]).catch(() => {});
      await cluster.stop();
      rmSync(home, { recursive: true, force: true });
    }
  },
};

async function compare(bench: Bench, cluster: Installation, home: string): Promise<Figure[]> {
  const api = new ApiConnection(cluster.kubeconfig);
  const seen = new Map<string, () => void>();
  const unwatch = await api.watch<Pod>(`${PODS}?watch=1`, ({ type, object }) => {
    if (type === 'MODIFIED' && object.status?.phase === 'Running') seen.get(object.metadata.name)?.();
  });
  const times = { kubectl: [] as number[], total: [] as number[], docker: [] as number[], own: [] as number[] };
  // The first round fills caches on both sides and does not count.
  for (let round = 0; round <= bench.rounds; round++) {
    const pod = sleepingPod(`apply-${round}`, bench.image);
    const running = new Promise<void>((done) => seen.set(pod.metadata.name, done));
    const { applied, total } = await applyOnce(cluster.kubeconfig, home, pod, running);
    await api.json('DELETE', `${PODS}/${pod.metadata.name}`);
    await untilNoContainer(cluster.options.bridge);
    const docker = await dockerRuns(`bench-${process.pid}-${round}`, bench.image, 'bridge');
    const own = await dockerRuns(`bench-${process.pid}-${round}`, bench.image, OWN_NETWORK);
    if (round === 0) continue;
    times.kubectl.push(applied);
    times.total.push(total);
    times.docker.push(docker);
    times.own.push(own);
    const ms = [total, applied, docker, own].map((value) => value.toFixed(0));
    bench.say(`  round ${round}: → Running ${ms[0]} ms (kubectl ${ms[1]}), docker ${ms[2]} and ${ms[3]} ms`);
  }
  unwatch();
  api.close();
  const [total, docker, own] = [median(times.total), median(times.docker), median(times.own)];
  const note = `median of ${bench.rounds} interleaved rounds`;
  return [
    { name: 'kubectl apply → Running', value: total, unit: 'ms', note },
    { name: 'of that, kubectl itself', value: median(times.kubectl), unit: 'ms', note },
    { name: 'two `docker run`s, default network', value: docker, unit: 'ms', note },
    { name: "two `docker run`s, network like the pods'", value: own, unit: 'ms', note },
    { name: 'ratio to the default network', value: total / docker, unit: '×', goal: atMost(1.3), note },
    { name: "ratio to a network like the pods'", value: total / own, unit: '×', goal: atMost(1.3), note },
  ];
}

async function applyOnce(
  kubeconfig: string,
  home: string,
  pod: Pod,
  running: Promise<void>,
): Promise<{ applied: number; total: number }> {
  const start = performance.now();
  const input = JSON.stringify(pod);
  await runCommand('kubectl', ['apply', '-f', '-'], { input, env: { KUBECONFIG: kubeconfig, HOME: home } });
  const applied = performance.now() - start;
  await Promise.race([running, tooLate(pod.metadata.name)]);
  return { applied, total: performance.now() - start };
}

async function tooLate(name: string): Promise<never> {
  await sleep(RUNNING_WITHIN_MS, undefined, { ref: false });
  throw new Error(`pod ${name} does not run after ${RUNNING_WITHIN_MS / 1000} s`);
}

/** @returns ms from the start of the first command to the end of the second. */
async function dockerRuns(name: string, image: string, network: string): Promise<number> {
  const share = ['--network', `container:${name}-pause`, '--ipc', `container:${name}-pause`];
  const pause = ['--network', network, '--ipc', 'shareable', '--name', `${name}-pause`, PAUSE_IMAGE];
  try {
    const start = performance.now();
    await runCommand('docker', ['run', '-d', ...pause]);
    await runCommand('docker', ['run', '-d', '--name', name, ...share, image, 'sleep', '3600']);
    return performance.now() - start;
  } finally {
    await runCommand('docker', ['rm', '-f', name, `${name}-pause`]);
  }
}
