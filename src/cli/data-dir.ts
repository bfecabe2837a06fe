import { join } from 'node:path';
import type { Command } from 'commander';
import { MASTER_DEFAULTS } from '../master/config.ts';

/** Gives a command the flag that says which master's files it works with. */
export function withDataDir(command: Command): Command {
  return command.option('--data-dir <folder>', "the master's files", MASTER_DEFAULTS['data-dir']);
}

/** Where the master writes the administrator's kubeconfig. */
export function kubeconfigOf(dataDir: string): string {
  return join(dataDir, 'kubeconfig');
}
