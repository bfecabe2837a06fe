import { Command } from 'commander';
import { withDataDir } from '../data-dir.ts';
import { becomeRoot } from './up.ts';

/** `bramble down`: takes away what `up` brought. */
export function downCommand(): Command {
  return withDataDir(new Command('down'))
    .description('stop the cluster of this machine and take away all that it brought; installed packages stay')
    .option('--keep-data', "keep the cluster's objects, keys and logs for the next 'bramble up'")
    .addHelpText('after', '\nExamples:\n  bramble down\n  bramble down --keep-data')
    .action(async (options: { dataDir: string; keepData?: boolean }) => {
      becomeRoot();
      const { down } = await import('../up/down.ts');
      await down({ dataDir: options.dataDir, keepData: options.keepData ?? false });
    });
}
