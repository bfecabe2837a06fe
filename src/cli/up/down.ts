import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeFromNode } from '../../agent/remove-from-node.ts';
import type { BackgroundProgram } from './background.ts';
import { Daemons } from './daemons.ts';
import { engineAnswers, engineProgram } from './engine.ts';
import { RegistryMirror } from './mirror.ts';
import { Progress } from './progress.ts';

export interface DownOptions {
  readonly dataDir: string;
  readonly keepData: boolean;
}

/** Where the agent's things are: its engine, and the bridge that gives them their names. */
export interface AgentPlace {
  readonly dockerHost: string;
  readonly bridge: string;
}

/** Stops the cluster of this machine and removes what it left in Docker, the kernel and the file system. Safe to repeat. */
export async function down({ dataDir, keepData }: DownOptions): Promise<void> {
  const progress = new Progress();
  if (!existsSync(dataDir)) {
    progress.say(`nothing to take away: ${dataDir} is not there`);
    return;
  }
  await takeAway(dataDir, new Daemons(dataDir, { master: [], agent: [] }).agentPlace(), progress);
  if (!keepData) {
    rmSync(dataDir, { recursive: true, force: true });
    return;
  }
  for (const folder of ['run', 'pods']) rmSync(join(dataDir, folder), { recursive: true, force: true });
}

/** Stops what runs in the background, and removes what it made in Docker and the kernel; files of the data directory stay. */
export async function takeAway(dataDir: string, { dockerHost, bridge }: AgentPlace, progress: Progress): Promise<void> {
  const daemons = new Daemons(dataDir, { master: [], agent: [] });
  await progress.step('Stopping the agent', () => stop(daemons.agent));
  await progress.step('Stopping the master', () => stop(daemons.master));
  await progress.step('Removing containers, network and rules', async () => {
    const isDefault = dockerHost.endsWith('/docker.sock');
    if (isDefault && !(await engineAnswers())) throw new Error('Docker does not answer: start it, then run this again');
    return removeFromNode(dataDir, dockerHost, bridge);
  });
  await progress.step('Removing the mirror', async () => {
    await new RegistryMirror(dataDir).remove();
    return undefined;
  });
  const engine = engineProgram(dataDir);
  if (engine.pid !== undefined) await progress.step('Stopping Docker', () => stop(engine));
}

async function stop(program: BackgroundProgram): Promise<string | undefined> {
  if (program.pid === undefined) return 'does not run';
  await program.stop();
  return undefined;
}
