import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { AGENT_DEFAULTS } from '../../agent/config.ts';
import { ConfigError, type RawOptions } from '../../lib/config-check.ts';
import { DEFAULT_BIN_DIR } from '../install/layout.ts';
import { parseMasterAddress, parseToken } from '../join/master-probe.ts';
import { becomeRoot } from './up.ts';

interface JoinFlags {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly nodeName?: string;
  readonly nodeIp?: string;
  readonly nodeLabel?: string[];
  readonly dockerHost?: string;
  readonly bridge?: string;
  readonly dataDir: string;
  readonly binDir: string;
  readonly root: string;
  readonly replace?: boolean;
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly background?: boolean;
}

const EXAMPLES = `
Examples:
  bramble join 192.168.1.10 --token TOKEN
  bramble join pi-1 --token-file token --yes --node-label disk=ssd
  bramble join pi-1 --token TOKEN --replace         the same machine, set up anew, under its old name
  bramble join pi-1 --token TOKEN --root /mnt/card  prepare the card of another machine

The token is what 'bramble token create' printed on the master. It may also be in the environment's BRAMBLE_TOKEN.`;

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** `bramble join`: this machine becomes a node, for good. */
export function joinCommand(): Command {
  return new Command('join')
    .argument('<address>', 'the master: HOST or HOST:PORT (6444 when left out)')
    .description('make this machine a node of a running cluster, now and after every boot')
    .option('--token <token>', "what 'bramble token create' printed")
    .option('--token-file <file>', 'a file that holds the token')
    .option('--node-name <name>', 'a name of its own (default: the host name; digits are added when it is taken)')
    .option('--node-ip <ip>', "the node's address (default: the one used towards the master)")
    .option('--node-label <key=value>', 'a label of the node; may be given several times', collect)
    .option('--replace', 'take the name over from a machine that is gone: this is that machine, set up anew')
    .option('--yes', 'install Docker and change its settings without asking')
    .option('--force', "join in spite of problems that 'bramble doctor' finds")
    .option('--background', 'where there is no systemd: start the agent now')
    .option('--docker-host <url>', `the engine (default: ${AGENT_DEFAULTS['docker-host']})`)
    .option('--bridge <link>', `link name of the pods' bridge (default: ${AGENT_DEFAULTS.bridge})`)
    .option('--data-dir <folder>', 'where keys, pod files and addresses are kept', AGENT_DEFAULTS['data-dir'])
    .option('--bin-dir <folder>', 'where the program goes', DEFAULT_BIN_DIR)
    .option('--root <folder>', 'only write files, below this folder', '/')
    .addHelpText('after', EXAMPLES)
    .action(async (address: string, flags: JoinFlags) => {
      const master = parseMasterAddress(address);
      const token = tokenOf(flags);
      parseToken(token);
      becomeRoot();
      const { join } = await import('../join/join.ts');
      const { root, binDir, dataDir, replace = false, yes = false, force = false, background = false } = flags;
      const layout = { root, binDir, dataDir };
      await join({ master, token, agent: agentSettings(flags), layout, replace, yes, force, background });
    });
}

/** @throws ConfigError that says where tokens come from. */
function tokenOf({ token, tokenFile }: JoinFlags): string {
  if (token) return token;
  if (tokenFile) {
    try {
      return readFileSync(tokenFile, 'utf8').trim();
    } catch (error) {
      throw new ConfigError([`--token-file: ${error instanceof Error ? error.message : String(error)}`]);
    }
  }
  const inherited = process.env.BRAMBLE_TOKEN;
  if (inherited) return inherited;
  throw new ConfigError(["--token: is missing: run 'bramble token create' on the master, and give what it prints"]);
}

function agentSettings(flags: JoinFlags): RawOptions {
  const settings = {
    'node-name': flags.nodeName,
    'node-ip': flags.nodeIp,
    'node-label': flags.nodeLabel,
    'docker-host': flags.dockerHost,
    bridge: flags.bridge,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
