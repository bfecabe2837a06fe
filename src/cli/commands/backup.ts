import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { Command } from 'commander';
import { systemClock } from '../../lib/clock.ts';
import { ConfigError } from '../../lib/config-check.ts';
import type { Snapshot } from '../../master/backup/snapshot-route.ts';
import { ApiAnswerError, ApiClient } from '../api-client.ts';
import { kubeconfigOf, withDataDir } from '../data-dir.ts';
import { readPassphrase } from '../passphrase.ts';

interface BackupFlags {
  readonly dataDir: string;
  readonly passphraseFile?: string;
  readonly config?: string;
}

const CONFIG_FILE = '/etc/bramble/master.yaml';

/** `bramble backup FILE`: the whole cluster in one sealed file, while it runs. */
export function backupCommand(): Command {
  return withDataDir(new Command('backup'))
    .argument('<file>', 'where the backup goes')
    .description(
      'put the cluster (objects, tokens, keys, configuration) into one encrypted file; on the master, while it runs',
    )
    .option('--passphrase-file <file>', 'holds the passphrase (else BRAMBLE_PASSPHRASE, else it is asked for)')
    .option('--config <file>', `the master's configuration, to go along (default: ${CONFIG_FILE} where it is there)`)
    .addHelpText(
      'after',
      '\nExamples:\n  bramble backup /mnt/usb/home.backup\n  bramble backup --passphrase-file /etc/bramble/passphrase /mnt/usb/home.backup',
    )
    .action(async (file: string, flags: BackupFlags) => {
      const { createBackup } = await import('../../master/backup/create.ts');
      if (flags.config !== undefined && !existsSync(flags.config))
        throw new ConfigError([`config: there is no ${flags.config}`]);
      const made = await createBackup({
        dataDir: flags.dataDir,
        configFile: flags.config ?? (existsSync(CONFIG_FILE) ? CONFIG_FILE : undefined),
        snapshot: (path) => snapshot(flags.dataDir, path),
        passphrase: await readPassphrase(flags.passphraseFile, true),
        file,
        clock: systemClock,
      });
      console.log(`${made.file}: ${sizeText(made.bytes)}, as of ${made.createdAt}`);
      console.log("'bramble restore' needs the file and the passphrase; volumes of pods are not in it");
    });
}

/** By the master, which alone may read its store; by ourselves when it does not run. */
async function snapshot(dataDir: string, path: string): Promise<void> {
  const { SNAPSHOT_PATH } = await import('../../master/backup/snapshot-route.ts');
  const { copyStopped } = await import('../../master/store/copies.ts');
  if (!existsSync(kubeconfigOf(dataDir))) return copyStopped(dataDir, path);
  try {
    const made = await new ApiClient(kubeconfigOf(dataDir)).create<Snapshot>(SNAPSHOT_PATH, {});
    await rename(made.path, path);
  } catch (error) {
    if (error instanceof ApiAnswerError) throw error;
    await copyStopped(dataDir, path);
  }
}

function sizeText(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
