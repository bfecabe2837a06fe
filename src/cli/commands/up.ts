import { spawnSync } from 'node:child_process';
import { execPath } from 'node:process';
import { Command } from 'commander';
import { withDataDir } from '../data-dir.ts';

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** `bramble up`: this machine as a cluster of one node, with an example pod. */
export function upCommand(): Command {
  return withDataDir(new Command('up'))
    .description('make this machine a cluster of one node: Docker, master, agent and an example pod')
    .option('--no-example', 'run no example pod')
    .option(
      '--master-flag <flag>',
      'passed on to the master, as --listen=0.0.0.0:7443; may be given several times',
      collect,
    )
    .option('--agent-flag <flag>', 'passed on to the agent; may be given several times', collect)
    .addHelpText(
      'after',
      '\nExamples:\n  bramble up\n  bramble up --no-example --master-flag=--advertise-address=192.168.1.10',
    )
    .action(async (options: { dataDir: string; example: boolean; masterFlag?: string[]; agentFlag?: string[] }) => {
      becomeRoot();
      const { up } = await import('../up/up.ts');
      const { dataDir, example, masterFlag, agentFlag } = options;
      await up({ dataDir, example, master: masterFlag ?? [], agent: agentFlag ?? [] });
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
