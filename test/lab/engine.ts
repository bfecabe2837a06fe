import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { REGISTRY_PORT } from './addresses.ts';
import type { Host } from './host.ts';

const SOCKET = '/run/docker.sock';

/** What an engine's settings depend on. */
export interface EngineFacts {
  /** The host's disk. */
  readonly folder: string;
  readonly cgroupParent: string;
  /** Where the registry is. */
  readonly gateway: string;
  readonly liveRestore: boolean;
}

/** /etc/docker/daemon.json of a host: Docker Hub's images come from the lab's registry. */
export function daemonJson({ folder, cgroupParent, gateway, liveRestore }: EngineFacts): string {
  return JSON.stringify({
    'data-root': join(folder, 'docker'),
    'live-restore': liveRestore,
    'cgroup-parent': cgroupParent,
    'registry-mirrors': [`http://${gateway}:${REGISTRY_PORT}`],
    'insecure-registries': [`${gateway}:${REGISTRY_PORT}`],
  });
}

/** Starts Docker on a host and waits until it answers. */
export async function startEngine(host: Host): Promise<void> {
  if ((await host.pidOf('dockerd')) === undefined) await host.start('dockerd', ['dockerd']);
  for (let tries = 0; tries < 300; tries++) {
    if (await engineAnswers(host)) return;
    await sleep(100);
  }
  throw new Error(
    `dockerd does not start on ${host.name}:\n${readFileSync(host.logOf('dockerd'), 'utf8').slice(-2000)}`,
  );
}

/** Kills Docker and its containerd, as the kernel would for want of memory; shims and containers run on. */
export async function killEngine(host: Host): Promise<void> {
  await host.signal('dockerd', 'KILL');
  // Left alone it holds its lock, and the next dockerd waits for it in vain.
  await host.machine.shell(
    `file=/run/docker/containerd/containerd.pid
     if [ -e $file ]; then kill -9 $(cat $file) 2>/dev/null || true; while kill -0 $(cat $file) 2>/dev/null; do sleep 0.02; done; fi`,
  );
}

async function engineAnswers(host: Host): Promise<boolean> {
  try {
    await host.run('curl', ['-sf', '-o', '/dev/null', '--unix-socket', SOCKET, 'http://docker/_ping']);
    return true;
  } catch {
    // Not yet: whoever waits looks again.
    return false;
  }
}
