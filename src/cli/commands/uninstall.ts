import { Command } from 'commander';
import { DEFAULT_BIN_DIR } from '../install/layout.ts';
import { becomeRoot } from './up.ts';

/** `bramble uninstall`: this machine as it was before. */
export function uninstallCommand(): Command {
  return new Command('uninstall')
    .description('take Bramble off this machine: daemons, pods, network, rules, settings, data, program')
    .option('--yes', 'do not ask')
    .option('--data-dir <folder>', 'its files (default: where the installed settings say)')
    .option('--bin-dir <folder>', 'where the program is', DEFAULT_BIN_DIR)
    .addHelpText(
      'after',
      '\nExamples:\n  bramble uninstall\n  bramble uninstall --yes\n\nOn an agent, say farewell on the master first: kubectl drain NODE --ignore-daemonsets, then afterwards: kubectl delete node NODE',
    )
    .action(async (options: { yes?: boolean; dataDir?: string; binDir: string }) => {
      becomeRoot();
      const { uninstall } = await import('../install/uninstall.ts');
      await uninstall({ yes: options.yes ?? false, dataDir: options.dataDir, binDir: options.binDir });
    });
}
