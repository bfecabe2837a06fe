import { Command } from 'commander';
import { KUBERNETES_VERSION, VERSION } from '../../api/version.ts';

/** `bramble version`: which release this is, and which Kubernetes API level it serves. */
export function versionCommand(): Command {
  return new Command('version')
    .description('print the version of Bramble and of the Kubernetes API that it serves')
    .addHelpText('after', '\nExample:\n  bramble version')
    .action(() => console.log(`bramble ${VERSION}, Kubernetes API ${KUBERNETES_VERSION}, Node.js ${process.version}`));
}
