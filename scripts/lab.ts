/**
 * `npm run lab -- up --nodes 3`: several machines on this one, with a cluster on them, to play with: cables to pull, nodes to
 * cut the power of. `down` leaves nothing. The machinery is in test/lab/.
 */
import { spawn } from 'node:child_process';
import { Command, InvalidArgumentError } from 'commander';
import { provideImages, removeImages } from '../test/lab/images.ts';
import { Lab, type Part } from '../test/lab/lab.ts';

const EXAMPLES = `
Examples:
  npm run lab -- up --nodes 3            a master, three nodes, a client
  npm run lab -- kubectl get nodes -o wide
  npm run lab -- cut n2                  pull n2's cable; heal n2 plugs it in
  npm run lab -- kill n2 power           and boot n2 to start it again
  npm run lab -- slow n3 10mbit          slow n3's link down
  npm run lab -- exec n1 docker ps       run a command on n1
  npm run lab -- down                    leave nothing`;

const PARTS: readonly Part[] = ['agent', 'engine', 'power'];

function number(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('must be a number from 1');
  return value;
}

function part(text: string): Part {
  const found = PARTS.find((one) => one === text);
  if (!found) throw new InvalidArgumentError(`must be one of ${PARTS.join(', ')}`);
  return found;
}

async function up({ lab: name, nodes }: { lab: string; nodes: number }): Promise<void> {
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  const lab = await Lab.up({ name, nodes }, (what) => console.log(`${seconds().padStart(7)}  ${what}`));
  console.log(`${seconds().padStart(7)}  ${lab.nodes.length} nodes are Ready\n`);
  console.log(`export KUBECONFIG=${lab.kubeconfig}\nkubectl get nodes -o wide`);
}

async function status(lab: Lab): Promise<void> {
  for (const host of lab.hosts.values()) {
    const programs = await Promise.all(
      ['dockerd', 'master', 'agent'].map(async (one) => ((await host.pidOf(one)) ? one : '')),
    );
    const power = host.isUp ? 'on' : 'no power';
    console.log([host.name.padEnd(8), host.address.padEnd(15), power, ...programs.filter(Boolean)].join('  '));
  }
  console.log(`\nexport KUBECONFIG=${lab.kubeconfig}`);
}

/** Runs a command with this terminal. @returns its exit code */
function attach(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...env } });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function down({ lab, all, images }: { lab: string; all?: true; images?: true }): Promise<void> {
  for (const name of all ? Lab.names() : [lab]) {
    console.log((await Lab.down(name)) ? `lab '${name}' is gone` : `there is no lab '${name}'`);
  }
  if (images) removeImages();
}

function program(): Command {
  const lab = new Command('npm run lab --')
    .description('several machines on this one, with a cluster on them (as root)')
    .option('--lab <name>', 'which one, when there are several', 'lab')
    .enablePositionalOptions()
    .addHelpText('after', EXAMPLES);
  const opened = () => Lab.open(lab.opts<{ lab: string }>().lab);
  lab
    .command('up')
    .description('build it; a lab of that name goes first')
    .option('--nodes <n>', 'how many', number, 3)
    .action(({ nodes }: { nodes: number }) => up({ nodes, ...lab.opts<{ lab: string }>() }));
  lab
    .command('status')
    .description('what runs')
    .action(() => status(opened()));
  for (const [verb, what] of [
    ['cut', "pull a host's cable"],
    ['heal', 'plug it in, at full speed, without losses'],
    ['boot', 'start what does not run: machine, Docker, agent or master'],
  ] as const) {
    lab
      .command(`${verb} <host>`)
      .description(what)
      .action((host: string) => opened()[verb](host));
  }
  lab
    .command('kill <host> [part]')
    .description('end its agent (on master: the master), its engine, or all of it')
    .action((host: string, what = 'power') => opened().kill(host, part(what)));
  lab
    .command('partition <host> <other>')
    .description('the two do not see each other until one is healed')
    .action((one: string, other: string) => opened().partition(one, other));
  lab
    .command('slow <host> <rate>')
    .description("its link's speed, as 10mbit")
    .action((host: string, rate: string) => opened().slow(host, rate));
  lab
    .command('slow-disk <host> <writes>')
    .description('what its daemons write and sync, so many times a second')
    .action((host: string, writes: string) => opened().slowDisk(host, number(writes)));
  lab
    .command('lose <host> <percent>')
    .description('so many of 100 frames get lost, each way')
    .action((host: string, percent: string) => opened().lose(host, number(percent)));
  lab
    .command('exec <host> <command...>')
    .description('run a command on a host')
    .passThroughOptions()
    .action(async (host: string, command: string[]) => {
      const [file = '', ...args] = [...opened().host(host).machine.entry(), ...command];
      process.exitCode = await attach(file, args);
    });
  lab
    .command('kubectl [args...]')
    .description('kubectl with its kubeconfig')
    .passThroughOptions()
    .allowUnknownOption()
    .action(async (args: string[]) => {
      process.exitCode = await attach('kubectl', args, { KUBECONFIG: opened().kubeconfig });
    });
  lab
    .command('images')
    .description("build the images, unless they are there: the only thing that asks Debian's mirror")
    .action(async () => console.log(await provideImages((packages) => console.log(`building images of ${packages}`))));
  lab
    .command('down')
    .description('take it away, or what a crash has left of it')
    .option('--all', 'every lab')
    .option('--images', 'the images, too, that are kept for the next one')
    .action((options: { all?: true; images?: true }) => down({ ...options, ...lab.opts<{ lab: string }>() }));
  return lab;
}

if (process.getuid?.() !== 0) {
  console.error('a lab makes namespaces and runs Docker engines of its own: run it as root');
  process.exit(1);
}
try {
  await program().parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
