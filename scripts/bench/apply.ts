import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pod } from '../../src/api/types.ts';
import { runCommand } from '../../src/cli/up/run-command.ts';
import { ApiConnection } from '../lib/api-connection.ts';
import type { Installation } from '../lib/installation.ts';
import { atMost, type Bench, type Figure, type Measurement } from './measurement.ts';
import { PODS, sleepingPod, untilNoContainer } from './pods.ts';
import { median } from './statistics.ts';

const RUNNING_WITHIN_MS = 60_000;
const PAUSE_IMAGE = 'bramble/pause:1';

/** From the start of `kubectl apply` to a watcher seeing the pod Running, against the two `docker run`s that a pod is. */
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
      return await compare(bench, cluster, home);
    } finally {
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
  const times = { kubectl: [] as number[], total: [] as number[], docker: [] as number[] };
  // The first round fills caches on both sides and does not count.
  for (let round = 0; round <= bench.rounds; round++) {
    const pod = sleepingPod(`apply-${round}`, bench.image);
    const running = new Promise<void>((done) => seen.set(pod.metadata.name, done));
    const { applied, total } = await applyOnce(cluster.kubeconfig, home, pod, running);
    await api.json('DELETE', `${PODS}/${pod.metadata.name}`);
    await untilNoContainer(cluster.options.bridge);
    const docker = await dockerRuns(`bench-${process.pid}-${round}`, bench.image);
    if (round === 0) continue;
    times.kubectl.push(applied);
    times.total.push(total);
    times.docker.push(docker);
    bench.say(
      `  round ${round}: apply → Running ${total.toFixed(0)} ms (kubectl ${applied.toFixed(0)}), docker ${docker.toFixed(0)} ms`,
    );
  }
  unwatch();
  api.close();
  const [total, docker] = [median(times.total), median(times.docker)];
  return [
    { name: 'kubectl apply → Running, median', value: total, unit: 'ms' },
    { name: 'of that, kubectl itself, median', value: median(times.kubectl), unit: 'ms' },
    { name: 'the same two `docker run`s, median', value: docker, unit: 'ms' },
    { name: 'ratio', value: total / docker, unit: '×', goal: atMost(1.3), note: `${bench.rounds} rounds, interleaved` },
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
async function dockerRuns(name: string, image: string): Promise<number> {
  const start = performance.now();
  await runCommand('docker', ['run', '-d', '--ipc', 'shareable', '--name', `${name}-pause`, PAUSE_IMAGE]);
  const share = ['--network', `container:${name}-pause`, '--ipc', `container:${name}-pause`];
  await runCommand('docker', ['run', '-d', '--name', name, ...share, image, 'sleep', '3600']);
  const took = performance.now() - start;
  await runCommand('docker', ['rm', '-f', name, `${name}-pause`]);
  return took;
}
