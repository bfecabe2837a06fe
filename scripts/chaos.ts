/**
 * `npm run chaos -- --minutes 5 --seed 7`: a cluster on a machine of its own (namespaces, its own Docker), whose containers and
 * daemons are killed at random while a client creates and deletes pods. Afterwards everything must be as the client wants it,
 * with nothing left over and no restart that no kill explains. Exit code 1 when it is not.
 */
import { randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { runLabChaos } from './chaos/lab/run.ts';
import { Machine } from './chaos/machine.ts';
import { report } from './chaos/report.ts';
import { bundledProgram } from './lib/program.ts';

const INSIDE = join(import.meta.dirname, 'chaos/inside.ts');

interface Options {
  readonly minutes: number;
  readonly seed: number;
  readonly lab?: true;
  readonly nodes: number;
}

function number(text: string): number {
  const value = Number(text);
  if (!(value >= 0)) throw new InvalidArgumentError('must be a number');
  return value;
}

function parse(): Options {
  return new Command('chaos')
    .description('kill containers, agent, master and Docker at random and see whether order comes back (as root)')
    .option('--minutes <n>', 'how long things are killed', number, 5)
    .option('--seed <n>', 'what is killed and created; one of its own each time when not given', number, randomInt(1e6))
    .option('--lab', 'several nodes, that lose power, cables and engines')
    .option('--nodes <n>', 'how many, with --lab', number, 3)
    .parse()
    .opts<Options>();
}

/** Builds a machine and lets chaos run in it. @returns the exit code. */
async function main({ minutes, seed, lab, nodes }: Options): Promise<number> {
  if (process.getuid?.() !== 0) {
    console.error('chaos makes namespaces and runs a Docker engine of its own: run it as root');
    return 1;
  }
  if (lab) {
    const logs = join(tmpdir(), `bramble-chaos-logs-${seed}`);
    return report(seed, await runLabChaos({ seconds: minutes * 60, seed, nodes, logs }));
  }
  const program = await bundledProgram();
  const machine = new Machine();
  try {
    const facts = [String(minutes * 60), String(seed), machine.folder, machine.cgroupParent, ...program.command];
    return await machine.run([process.execPath, ...process.execArgv, INSIDE, ...facts]);
  } finally {
    await machine.remove();
    program.remove();
  }
}

process.exitCode = await main(parse());
