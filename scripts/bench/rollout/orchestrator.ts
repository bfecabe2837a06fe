import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../../../src/cli/up/run-command.ts';

/** Who keeps so many copies of a container running. All is done with its command line, which says when it is done. */
export interface Orchestrator {
  /** Makes the copies. @returns when all run. */
  create(replicas: number): Promise<void>;
  /** Makes their number another. @returns when as many run; on the way down others may still be ending. */
  scale(replicas: number): Promise<void>;
  /** Replaces every copy, SURGE more than wanted at a time and never fewer. @returns when all are replaced. */
  update(mark: string): Promise<void>;
  /** Waits until the engine runs the containers of so many copies and no more. @throws Error when it takes longer than that. */
  settle(replicas: number, withinMs?: number): Promise<void>;
  /** Takes all copies away. @returns when the engine has no container of them. */
  remove(): Promise<void>;
}

export const NAME = 'web';
/** How many are replaced at once. */
export const SURGE = 2;
/** What a copy runs: as process 1 `sleep` alone would not hear SIGTERM. */
export const COMMAND = ['sh', '-c', 'trap "exit 0" TERM; sleep 3600 & wait'];
/** Longest that a command waits for what it has asked for. */
export const WITHIN_S = 300;

/** Waits until so many containers have the label; none means none that have ended either. @throws Error when it takes too long. */
export async function untilContainers(label: string, count: number, withinMs = WITHIN_S * 1000): Promise<void> {
  const which = count === 0 ? '-aq' : '-q';
  for (const end = Date.now() + withinMs; ; await sleep(200)) {
    const ids = (await runCommand('docker', ['ps', which, '--filter', `label=${label}`])).split('\n').filter(Boolean);
    if (ids.length === count) return;
    if (Date.now() >= end) throw new Error(`${ids.length} containers have ${label}, not ${count}`);
  }
}
