import { Command } from 'commander';
import { MASTER_DEFAULTS } from '../../master/config.ts';
import { flagOptions, readConfigFile } from '../config-file.ts';

/** `bramble master`: serves the Kubernetes API and the agents until it is told to stop. */
export function masterCommand(): Command {
  const command = new Command('master')
    .description('serve the Kubernetes API, schedule pods and drive the agents')
    .option('--config <file>', 'YAML file with the keys below')
    .option('--advertise-address <ip>', "address that nodes reach this machine at (default: the default route's)");
  for (const [key, value] of Object.entries(MASTER_DEFAULTS)) {
    command.option(`--${key} <value>`, `(default: ${value})`);
  }
  return command
    .addHelpText(
      'after',
      `
Examples:
  bramble master
  bramble master --data-dir /srv/bramble --listen 192.168.1.10:6443
  bramble master --config /etc/bramble/master.yaml

A lost node's pods are replaced after both times, counted from its last heartbeat. Faster, for links that lose little:
  bramble master --node-monitor-grace-period 3s --default-toleration-seconds 0`,
    )
    .action(async (options: Record<string, string>) => {
      const { runMaster } = await import('../run-master.ts');
      await runMaster(flagOptions(options), readConfigFile(options.config));
    });
}
