import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { kubeconfigOf, withDataDir } from '../data-dir.ts';

/** `bramble kubeconfig`: prints the administrator's kubeconfig, to be kept where kubectl runs. */
export function kubeconfigCommand(): Command {
  return withDataDir(new Command('kubeconfig'))
    .description("print the administrator's kubeconfig")
    .addHelpText('after', '\nExample:\n  bramble kubeconfig > ~/.kube/config && chmod 600 ~/.kube/config')
    .action(({ dataDir }: { dataDir: string }) => {
      const file = kubeconfigOf(dataDir);
      try {
        process.stdout.write(readFileSync(file));
      } catch (cause) {
        throw new Error(`can't read ${file}: run this on the master as root, after it has started once`, { cause });
      }
    });
}
