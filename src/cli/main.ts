import { Command, CommanderError } from 'commander';
import { ConfigError } from '../lib/config-check.ts';
import { agentCommand } from './commands/agent.ts';
import { masterCommand } from './commands/master.ts';
import { EXIT } from './exit-codes.ts';

const EXAMPLES = `
Examples:
  bramble up                      one machine, master and agent, with an example pod
  bramble master                  serve the Kubernetes API on :6443 and agents on :6444
  bramble agent --master pi-1:6444 --token-file /etc/bramble/token`;

/** Parses the command line and runs one command. @returns the exit code: 0 done, 1 failed, 2 wrong usage. */
async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('bramble')
    .description('A real Kubernetes-API cluster for a handful of Raspberry Pis and small x86 boxes')
    .addHelpText('after', EXAMPLES)
    .exitOverride();
  for (const command of [masterCommand(), agentCommand()]) {
    program.addCommand(command.exitOverride());
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

process.exitCode = await main(process.argv);
