import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Node } from '../../src/api/types.ts';
import type { ApiClient } from '../../src/cli/api-client.ts';
import { createToken } from '../../src/cli/commands/token.ts';
import { isReady } from '../../src/cli/up/daemons.ts';
import type { Host } from './host.ts';

const GRPC_PORT = 6444;
const READY_WITHIN_MS = 120_000;

export function kubeconfigOn(master: Host): string {
  return join(master.dataDir, 'kubeconfig');
}

/** Starts the master unless it runs, and waits for nothing. */
export async function startMaster(host: Host, program: readonly string[]): Promise<void> {
  if ((await host.pidOf('master')) !== undefined) return;
  const flags = [`--data-dir=${host.dataDir}`, `--advertise-address=${host.address}`, ...host.record.flags];
  await host.start('master', [...program, 'master', ...flags]);
}

export async function masterAnswers(host: Host, api: () => ApiClient): Promise<void> {
  await until(host, 'master', async () => {
    if ((await api().get('/readyz')) !== 'ok') throw new Error('not ready');
  });
}

/** Starts an agent unless it runs, and waits for nothing. @param token for the first time */
export async function startAgent(
  host: Host,
  start: { program: readonly string[]; master: Host; token?: string },
): Promise<void> {
  if ((await host.pidOf('agent')) !== undefined) return;
  const flags = [`--data-dir=${host.dataDir}`, `--master=${start.master.address}:${GRPC_PORT}`, ...host.record.flags];
  await host.start('agent', [...start.program, 'agent', ...flags], {
    ...host.record.env,
    ...(start.token ? { BRAMBLE_TOKEN: start.token } : {}),
  });
}

export function joinToken(api: ApiClient): Promise<string> {
  return createToken(api, { ttl: '1h' });
}

export async function nodesAreReady(nodes: readonly Host[], api: ApiClient): Promise<void> {
  for (const host of nodes) {
    await until(host, 'agent', async () => {
      if (!isReady(await api.get<Node>(`/api/v1/nodes/${host.name}`))) throw new Error('not Ready');
    });
  }
}

async function until(host: Host, daemon: string, check: () => Promise<void>): Promise<void> {
  let why = 'not ready';
  for (const end = Date.now() + READY_WITHIN_MS; Date.now() < end; await sleep(50)) {
    try {
      return await check();
    } catch (error) {
      // Not there yet: the last reason is told when the time is over.
      why = error instanceof Error ? error.message : String(error);
    }
    if ((await host.pidOf(daemon)) === undefined) break;
  }
  const log = readFileSync(host.logOf(daemon), 'utf8').slice(-2000);
  throw new Error(`the ${daemon} on ${host.name} does not come up (${why}):\n${log}`);
}
