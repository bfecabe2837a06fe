import { Command, CommanderError } from 'commander';
import { ConfigError } from '../lib/config-check.ts';
import { agentCommand } from './commands/agent.ts';
import { backupCommand } from './commands/backup.ts';
import { doctorCommand } from './commands/doctor.ts';
import { downCommand } from './commands/down.ts';
import { joinCommand } from './commands/join.ts';
import { kubeconfigCommand } from './commands/kubeconfig.ts';
import { masterCommand } from './commands/master.ts';
import { restoreCommand } from './commands/restore.ts';
import { statusCommand } from './commands/status.ts';
import { tokenCommand } from './commands/token.ts';
import { uninstallCommand } from './commands/uninstall.ts';
import { upCommand } from './commands/up.ts';
import { versionCommand } from './commands/version.ts';
import { EXIT } from './exit-codes.ts';

const EXAMPLES = `
Examples:
  bramble up                      one machine, master and agent, with an example pod
  bramble master                  serve the Kubernetes API on :6443 and agents on :6444
  bramble join pi-1 --token TOKEN  make another machine a node`;

/** In the order that help shows them. */
const COMMANDS: readonly (() => Command)[] = [
  upCommand,
  downCommand,
  masterCommand,
  agentCommand,
  joinCommand,
  statusCommand,
  tokenCommand,
  doctorCommand,
  kubeconfigCommand,
  backupCommand,
  restoreCommand,
  uninstallCommand,
  versionCommand,
];

/** Wrong usage is thrown, by the command and those below it, instead of ending the process. */
function strict(command: Command): Command {
  for (const inner of command.commands) strict(inner);
  return command.exitOverride();
}

/** Parses the command line and runs one command. @returns the exit code: 0 done, 1 failed, 2 wrong usage. */
async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('bramble')
    .description('A real Kubernetes-API cluster for a handful of Raspberry Pis and small x86 boxes')
    .addHelpText('after', EXAMPLES)
    .exitOverride();
  for (const makeCommand of COMMANDS) {
    program.addCommand(strict(makeCommand()));
  }
  try {
    await program.parseAsync(argv);
    return EXIT.done;
  } catch (error) {
    return report(error);
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    // Help and version arrive as errors too, with exit code 0; commander has printed all of them already.
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  if (error instanceof ConfigError) {
    for (const problem of error.problems) console.error(`bramble: ${problem}`);
    console.error("bramble: see 'bramble --help'");
    return EXIT.usage;
  }
  console.error(`bramble: ${error instanceof Error ? error.message : String(error)}`);
  return EXIT.failed;
}

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
});
// No `await` here: a single executable's main file is no ES module.
main(process.argv).then((code) => {
  // A command that did its work may have found something wrong, and has said so here.
  if (code !== EXIT.done) process.exitCode = code;
});
