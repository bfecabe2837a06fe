import { Command } from 'commander';
import { systemClock } from '../../lib/clock.ts';
import type { Restored } from '../../master/backup/restore.ts';
import { withDataDir } from '../data-dir.ts';
import { readPassphrase } from '../passphrase.ts';

interface RestoreFlags {
  readonly dataDir: string;
  readonly passphraseFile?: string;
  readonly force?: boolean;
}

/** `bramble restore FILE`: makes this machine the master that a backup was made of. */
export function restoreCommand(): Command {
  return withDataDir(new Command('restore'))
    .argument('<file>', 'what `bramble backup` wrote')
    .description('make the files of a master from a backup, here or on a new machine with another address')
    .option('--passphrase-file <file>', 'holds the passphrase (else BRAMBLE_PASSPHRASE, else it is asked for)')
    .option('--force', 'put a master that is here already aside')
    .addHelpText('after', '\nExample:\n  bramble restore /mnt/usb/home.backup')
    .action(async (file: string, flags: RestoreFlags) => {
      const { restoreBackup } = await import('../../master/backup/restore.ts');
      const passphrase = await readPassphrase(flags.passphraseFile, false);
      const { dataDir, force: isForced = false } = flags;
      const restored = await restoreBackup({ file, passphrase, dataDir, isForced, now: systemClock.now() });
      console.log(reportOf(restored, dataDir));
    });
}

function reportOf({ manifest, aside, configFile }: Restored, dataDir: string): string {
  return [
    `restored the cluster as of ${manifest.createdAt} (made by bramble ${manifest.bramble}) into ${dataDir}`,
    ...(aside ? [`what was there is in ${aside}`] : []),
    ...(configFile
      ? [`the configuration that was backed up is ${configFile}: compare it with /etc/bramble/master.yaml`]
      : []),
    '',
    'What was written after that time is not in it: objects made since are gone, those deleted since are back. Agents stop pods that',
    'the master no longer knows; all others run on. Watches of before are told to begin anew (410 Expired).',
    '',
    'Next:',
    '  1. Make sure that the old master does not run any more: two would give the same nodes different orders.',
    "  2. Start the master with the flags that it had ('bramble master', or 'systemctl start bramble-master'). It makes a serving",
    `     certificate for this machine's addresses, and ${dataDir}/kubeconfig anew.`,
    '  3. Where its address is another one, give agents the new one (--master NEW:6444); they keep their keys and need no token.',
    '',
    'Until every node is back, for 15 minutes at most, nothing is scheduled and no node is called lost, so that nothing runs twice.',
  ].join('\n');
}
