import { Command } from 'commander';
import { AGENT_DEFAULTS } from '../../agent/config.ts';
import type { NODE_LIFE_OPTIONAL } from '../../agent/node-life-config.ts';
import { flagOptions, readConfigFile } from '../config-file.ts';

const DESCRIPTIONS: Readonly<Record<keyof typeof AGENT_DEFAULTS, string>> = {
  'data-dir': 'where keys, pod files and addresses are kept',
  'log-level': 'debug, info, warn, error or silent',
  master: 'HOST:PORT of the master; may be given several times',
  'docker-host': 'the engine that runs the containers',
  bridge: "link name of the pods' bridge",
  'ingress-http-port': 'the port that Ingresses are served on; 0 for none',
  'ingress-https-port': 'the same, for TLS',
  'eviction-hard': 'what is low enough to evict a pod at once',
  'eviction-pressure-transition-period': 'how long a pressure condition stays after it was last seen',
  'eviction-max-pod-grace-period': 'seconds that pods get at most when a soft threshold is met',
  'image-gc-high-threshold': 'per cent of the disk in use at which unused images begin to go',
  'image-gc-low-threshold': 'per cent to which they go',
  'minimum-image-ttl-duration': 'how long an unused image stays at least',
  'image-maximum-gc-age': 'how long it stays at most; 0 for as long as there is room',
  'container-log-max-size': "size at which a container's log is turned over",
  'container-log-max-files': 'files of one container kept, the one in use included',
};

const OPTIONAL: Readonly<Record<(typeof NODE_LIFE_OPTIONAL)[number], string>> = {
  'eviction-soft': 'what is low enough to evict a pod when it stays so: memory.available<300Mi',
  'eviction-soft-grace-period': 'for how long, of each of those: memory.available=1m30s',
  'system-reserved': 'kept from pods for the system: cpu=100m,memory=200Mi,ephemeral-storage=1Gi',
  'fake-sensors': 'for tests: a folder in place of /sys for the sensors of power and heat',
  'kube-reserved': 'kept from pods for the agent and Docker (default: cpu=100m, and a tenth of memory, 256Mi at most)',
};

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** `bramble agent`: runs the pods that the master gives this machine. */
export function agentCommand(): Command {
  const { master, ...plain } = AGENT_DEFAULTS;
  const command = new Command('agent')
    .description('run pods on this machine for a master')
    .option('--config <file>', 'YAML file with the keys below')
    .option('--master <host:port>', `${DESCRIPTIONS.master} (default: ${master})`, collect)
    .option('--token <token>', "what 'bramble token create' printed; needed the first time only")
    .option('--token-file <file>', 'a file that holds the token')
    .option('--node-name <name>', "the node's name (default: the host name)")
    .option('--node-ip <ip>', "the node's address (default: the one used towards the master)")
    .option('--node-label <key=value>', 'a label of the node; may be given several times', collect)
    .option('--pause-image <image>', 'the image that holds a pod together (default: the built-in one)');
  for (const [key, description] of Object.entries(OPTIONAL)) command.option(`--${key} <value>`, description);
  for (const [key, value] of Object.entries(plain)) {
    command.option(`--${key} <value>`, `${DESCRIPTIONS[key as keyof typeof plain]} (default: ${value})`);
  }
  return command
    .addHelpText(
      'after',
      `
Examples:
  bramble agent --master 192.168.1.10:6444 --token-file /etc/bramble/token
  bramble agent --node-name pi-2 --node-label disk=ssd`,
    )
    .action(async (options: Record<string, string>) => {
      const { runAgent } = await import('../run-agent.ts');
      await runAgent(flagOptions(options), readConfigFile(options.config));
    });
}
