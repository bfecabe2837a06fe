import { setTimeout as sleep } from 'node:timers/promises';
import type { Pod } from '../../src/api/types.ts';
import { runCommand } from '../../src/cli/up/run-command.ts';
import type { ApiConnection } from '../lib/api-connection.ts';

export const PODS = '/api/v1/namespaces/default/pods';

/** A pod of one container that sleeps. */
export function sleepingPod(name: string, image: string): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { bench: 'yes' } },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'main', image, imagePullPolicy: 'IfNotPresent', command: ['sleep', '3600'] }],
    },
  };
}

/** A pod that is stored and that nobody schedules. */
export function storedPod(name: string, image: string): Pod {
  const pod = sleepingPod(name, image);
  return { ...pod, spec: { ...pod.spec, schedulerName: 'nobody' } };
}

/** Creates `count` pods, `concurrency` at once. */
export async function createMany(api: ApiConnection, pods: readonly Pod[], concurrency: number): Promise<void> {
  const left = pods.values();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (const pod of left) await api.json('POST', PODS, { body: pod });
    }),
  );
}

export async function untilRunning(api: ApiConnection, count: number): Promise<void> {
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(200)) {
    const { items } = await api.json<{ items: Pod[] }>('GET', PODS);
    if (items.filter(({ status }) => status?.phase === 'Running').length >= count) return;
  }
  throw new Error(`${count} pods do not run after 120 s`);
}

/** Waits until an agent has no container left. */
export async function untilNoContainer(owner: string): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(50)) {
    const ids = await runCommand('docker', ['ps', '-aq', '--filter', `label=io.bramble.owner=${owner}`]);
    if (ids.trim() === '') return;
  }
  throw new Error('containers of deleted pods are still there after 60 s');
}
