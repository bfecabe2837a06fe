/**
 * `npm run bench`: measures Bramble on this machine beside the goals of its design. Figures go to the terminal and, with the
 * machine they hold for, to bench.json. docs/bench.md says what each means.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { engineAnswers } from '../../src/cli/up/engine.ts';
import { Lab } from '../../test/lab/lab.ts';
import { Machine } from '../chaos/machine.ts';
import { importBusybox, removeImage } from '../lib/busybox-image.ts';
import { Installation } from '../lib/installation.ts';
import { bundledProgram } from '../lib/program.ts';
import { apply } from './apply.ts';
import { dns } from './dns.ts';
import { failover } from './failover.ts';
import { ingress } from './ingress.ts';
import { manyPods } from './many-pods.ts';
import type { Bench, Measurement } from './measurement.ts';
import { describeMachine, type Result, renderResult, thisMachine } from './report.ts';
import { rest } from './rest.ts';
import { rollout } from './rollout.ts';
import { rules } from './rules.ts';
import { scheduling } from './scheduling.ts';
import { services } from './services.ts';
import { start } from './start.ts';
import { storeWrites } from './store-writes.ts';
import { updates } from './updates.ts';

const MEASUREMENTS: readonly Measurement[] = [
  start,
  storeWrites,
  updates,
  manyPods,
  scheduling,
  apply,
  rollout,
  failover,
  services,
  rules,
  dns,
  ingress,
  rest,
];
const OUTPUT = resolve(import.meta.dirname, '../../bench.json');

interface Options {
  readonly only?: string[];
  readonly rounds: number;
  readonly seconds: number;
  readonly output: string;
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError('must be a number above 0');
  return number;
}

function collect(value: string, before: string[] | undefined): string[] {
  if (!MEASUREMENTS.some(({ name }) => name === value)) {
    throw new InvalidArgumentError(`there are ${MEASUREMENTS.map(({ name }) => name).join(', ')}`);
  }
  return [...(before ?? []), value];
}

function parse(): Options {
  const list = MEASUREMENTS.map(({ name, title }) => `  ${name.padEnd(10)} ${title}`).join('\n');
  return new Command('bench')
    .description('measure Bramble on this machine (as root, beside a running Docker)')
    .option('--only <name>', 'only this measurement; may be given several times', collect)
    .option('--rounds <n>', 'rounds of what is done again and again', positive, 20)
    .option('--seconds <n>', 'how long what is at rest is looked at', positive, 60)
    .option('--output <file>', 'where the figures go as JSON', OUTPUT)
    .addHelpText('after', `\nMeasurements:\n${list}`)
    .parse()
    .opts<Options>();
}

function newInstallation(program: readonly string[], options: Parameters<Bench['install']>[0] = {}): Installation {
  return new Installation({
    dataDir: mkdtempSync(join(tmpdir(), 'bramble-bench-')),
    program,
    bridge: 'bbench0',
    clusterCidr: '10.186.0.0/16',
    serviceCidr: '10.187.0.0/16',
    nodeName: 'bench',
    ...options,
  });
}

/** What a measurement has made. */
interface Stoppable {
  stop(): Promise<unknown>;
}

/** Whoever calls a measurement off is left with nothing of it. */
function cleanUpOnSignal(made: readonly Stoppable[], cleanUp: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      Promise.all(made.map((each) => each.stop()))
        .then(cleanUp)
        .finally(() => process.exit(130));
    });
  }
}

async function main(options: Options): Promise<void> {
  if (!(await engineAnswers())) {
    console.error('no Docker engine answers: start one (sudo dockerd), or the whole of Bramble (npm run up)');
    process.exitCode = 1;
    return;
  }
  const image = `bramble-bench/busybox:${process.pid}`;
  const machine = thisMachine();
  console.log(`${describeMachine(machine)}\n`);
  const program = await bundledProgram();
  const made: Stoppable[] = [];
  const keep = <T extends Stoppable>(each: T): T => {
    made.push(each);
    return each;
  };
  const bench: Bench = {
    ...options,
    image,
    lab: (options) => {
      keep({ stop: () => Lab.down(options.name) });
      return Lab.up(options);
    },
    program: program.command,
    install: (options) => keep(newInstallation(program.command, options)),
    machine: () => keep(new Machine()),
    say: (text) => console.log(text),
  };
  const cleanUp = async () => {
    await removeImage(image);
    program.remove();
  };
  cleanUpOnSignal(made, cleanUp);
  const results: Result[] = [];
  await importBusybox(image);
  try {
    for (const { name, title, run } of MEASUREMENTS) {
      if (options.only && !options.only.includes(name)) continue;
      console.log(`measuring: ${title}`);
      results.push({ name, title, figures: await run(bench) });
    }
  } finally {
    await cleanUp();
  }
  console.log(`\n${results.map(renderResult).join('\n\n')}\n\n${describeMachine(machine)}`);
  writeFileSync(options.output, `${JSON.stringify({ at: new Date().toISOString(), machine, results }, null, 2)}\n`);
}

await main(parse());
