import { spawnSync } from 'node:child_process';
import { execPath } from 'node:process';
import { Command } from 'commander';
import { withDataDir } from '../data-dir.ts';
import { DEFAULT_BIN_DIR } from '../install/layout.ts';

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

interface UpFlags {
  readonly dataDir: string;
  readonly example: boolean;
  readonly install?: boolean;
  readonly background?: boolean;
  readonly binDir: string;
  readonly masterFlag?: string[];
  readonly agentFlag?: string[];
}

/** `bramble up`: this machine as a cluster of one node, with an example pod; or, for good, as the first one of many. */
export function upCommand(): Command {
  return withDataDir(new Command('up'))
    .description('make this machine a cluster of one node: Docker, master, agent and an example pod')
    .option('--install', 'for good, as a master that others join: program, settings and systemd units; no example pod')
    .option('--background', 'with --install, where there is no systemd: start master and agent now')
    .option('--bin-dir <folder>', 'with --install: where the program goes', DEFAULT_BIN_DIR)
    .option('--no-example', 'run no example pod')
    .option(
      '--master-flag <flag>',
      'passed on to the master, as --listen=0.0.0.0:7443; may be given several times',
      collect,
    )
    .option('--agent-flag <flag>', 'passed on to the agent; may be given several times', collect)
    .addHelpText(
      'after',
      '\nExamples:\n  bramble up\n  bramble up --install\n  bramble up --no-example --master-flag=--advertise-address=192.168.1.10',
    )
    .action(async (flags: UpFlags) => {
      becomeRoot();
      const { dataDir, example, binDir, background = false, masterFlag: master = [], agentFlag: agent = [] } = flags;
      if (flags.install) {
        const { installMaster } = await import('../install/install-master.ts');
        return installMaster({ layout: { root: '/', binDir, dataDir }, master, agent, background });
      }
      const { up } = await import('../up/up.ts');
      await up({ dataDir, example, master, agent });
    });
}

/** Runs the same command line again through sudo when we are not root, and ends with its exit code. */
export function becomeRoot(): void {
  if (process.getuid?.() === 0) return;
  const args = ['--preserve-env=BRAMBLE_TOKEN', execPath, ...process.execArgv, ...process.argv.slice(1)];
  const { status, error } = spawnSync('sudo', args, { stdio: 'inherit' });
  if (error) throw new Error('this needs root, and sudo is not there: run it as root');
  process.exit(status ?? 1);
}
