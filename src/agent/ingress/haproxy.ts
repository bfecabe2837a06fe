import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import { readIfThere, writePrivateFile } from '../../lib/private-file.ts';
import { run, TOOL_ENVIRONMENT, toolMissing } from '../network/command.ts';
import { isFresh, makeDefaultCertificate } from './default-certificate.ts';
import { CONFIG_FILE, DEFAULT_CERTIFICATE, EMPTY_FOLDER, type RenderedProxy, SOCKET_FILE } from './haproxy-config.ts';
import { type ProxyState, parseProxyState } from './proxy-state.ts';

const PROGRAM = 'haproxy';
/** A proxy that serves answers in a millisecond; one that is loaded with certificates on a Pi takes a second to start. */
const ANSWER_MS = 5_000;
const START_MS = 30_000;
const LOOK_MS = 20;
/** Commands in one line: it has to fit into a buffer of 16 KiB. */
const AT_ONCE = 50;

export interface HaproxyOptions {
  readonly clock: Clock;
  /** The process that was seen last has ended. */
  readonly onEnd: () => void;
  /** haproxy when left out. */
  readonly program?: string;
}

/** The proxy's process: started, told of changes, replaced and stopped, whoever's child it is. */
export class Haproxy {
  readonly #folder: string;
  readonly #program: string;
  readonly #clock: Clock;
  readonly #onEnd: () => void;
  /** A connection that ends when the process does. */
  #watch: { readonly pid: number; readonly socket: Socket } | undefined;

  /** @param folder in memory (/run): keys are in it. */
  constructor(folder: string, { clock, onEnd, program = PROGRAM }: HaproxyOptions) {
    this.#folder = folder;
    this.#program = program;
    this.#clock = clock;
    this.#onEnd = onEnd;
  }

  /** @returns undefined when none answers. */
  async observe(): Promise<ProxyState | undefined> {
    const info = await this.#ask('show info');
    if (info === undefined) {
      // It may be ending: a connection of ours must not keep it.
      this.#unfollow();
      return undefined;
    }
    const state = parseProxyState(info, (await this.#ask('show servers state')) ?? '');
    this.#follow(state.pid);
    return state;
  }

  /** Tells the running one. What it did not take shows when it is looked at again. */
  async tell(commands: readonly string[]): Promise<void> {
    for (let from = 0; from < commands.length; from += AT_ONCE)
      await this.#ask(commands.slice(from, from + AT_ONCE).join(';'));
  }

  /**
   * Starts a process with this configuration. It takes over the sockets on which the one before it listens, so that no connection
   * is refused or lost; that one ends when what it has begun is done.
   * @throws Error with haproxy's words, or when it does not answer in time. It has ended then, and the one before goes on.
   */
  async launch({ files, structure }: RenderedProxy, instead: number | undefined): Promise<void> {
    await this.#write(files);
    const config = join(this.#folder, CONFIG_FILE);
    await run(this.#program, ['-c', '-q', '-f', config]);
    const takeOver = instead === undefined ? [] : ['-x', join(this.#folder, SOCKET_FILE), '-sf', String(instead)];
    const logPath = join(this.#folder, 'haproxy.log');
    const log = await open(logPath, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, 0o600);
    // Quiet: else it goes on writing there, and that is memory. Detached: it serves while the agent is away.
    const child = spawn(this.#program, ['-db', '-q', '-f', config, ...takeOver], {
      env: TOOL_ENVIRONMENT,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    child.unref();
    const waiting = new AbortController();
    try {
      await Promise.race([this.#ends(child, logPath), this.#serves(structure, child.pid, waiting.signal)]);
    } catch (error) {
      await kill(child);
      throw error;
    } finally {
      waiting.abort();
      await log.close();
    }
  }

  /** Has it end when what it has begun is done; it takes nothing new. */
  async stop(pid: number): Promise<void> {
    this.#unfollow();
    process.kill(pid, 'SIGUSR1');
    await rm(join(this.#folder, SOCKET_FILE), { force: true });
  }

  /** Ends every process that runs with this folder at once, and takes the folder away. */
  async remove(): Promise<void> {
    this.#unfollow();
    for (const pid of await this.processes()) {
      process.kill(pid, 'SIGTERM');
      while ((await this.processes()).includes(pid)) await this.#clock.sleep(LOOK_MS);
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Those that run with this folder: the one that serves, and those that it has replaced as long as they have connections. */
  async processes(): Promise<number[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
    const config = join(this.#folder, CONFIG_FILE);
    return pids.filter((_, index) => commands[index]?.split('\0').includes(config)).map(Number);
  }

  /** Lets go of it; it serves on. */
  close(): void {
    this.#unfollow();
  }

  /** Never resolves. Who races it has heard it when the process ends some day. @throws Error with the words it ended with */
  #ends(child: ChildProcess, logPath: string): Promise<never> {
    return new Promise((_, reject) => {
      child.once('error', (cause) => reject(toolMissing(this.#program, cause)));
      child.once('exit', async () => {
        // By then the folder may be gone, and nobody would hear of that.
        const words = await readFile(logPath, 'utf8').catch(() => '');
        reject(new Error(words.trim() || 'haproxy ended'));
      });
    });
  }

  async #serves(structure: string, pid: number | undefined, signal: AbortSignal): Promise<void> {
    for (const end = this.#clock.monotonic() + START_MS; this.#clock.monotonic() < end; ) {
      const state = await this.observe();
      if (state && state.structure === structure && state.pid === pid) return;
      await this.#clock.sleep(LOOK_MS, signal);
    }
    throw new Error(`haproxy does not answer ${START_MS / 1000} s after its start`);
  }

  async #write(files: ReadonlyMap<string, string>): Promise<void> {
    await mkdir(join(this.#folder, EMPTY_FOLDER), { recursive: true, mode: 0o700 });
    const certificate = join(this.#folder, DEFAULT_CERTIFICATE);
    const now = this.#clock.now();
    if (!isFresh(await readIfThere(certificate), now))
      await writePrivateFile(certificate, await makeDefaultCertificate(now));
    for (const [name, text] of files) await writePrivateFile(join(this.#folder, name), text);
    // Keys of Secrets that are gone. A proxy that runs has read what it needs.
    const keep = new Set([...files.keys(), DEFAULT_CERTIFICATE]);
    for (const name of await readdir(this.#folder)) {
      if (name.endsWith('.pem') && !keep.has(name)) await rm(join(this.#folder, name), { force: true });
    }
  }

  /** @returns undefined when nobody listens. @throws Error when it does not answer in time. */
  #ask(command: string): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const socket = connect(join(this.#folder, SOCKET_FILE));
      const answer: Buffer[] = [];
      socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error('haproxy does not answer on its socket')));
      socket.on('data', (chunk: Buffer) => answer.push(chunk));
      socket.once('end', () => resolve(Buffer.concat(answer).toString()));
      socket.once('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ENOENT' || error.code === 'ECONNREFUSED' ? resolve(undefined) : reject(error),
      );
      socket.write(`${command}\n`);
    });
  }

  #follow(pid: number): void {
    if (this.#watch?.pid === pid) return;
    this.#unfollow();
    const socket = connect(join(this.#folder, SOCKET_FILE));
    this.#watch = { pid, socket };
    socket.on('error', () => {}); // `close` comes after it
    socket.on('close', () => {
      if (this.#watch?.socket !== socket) return;
      this.#watch = undefined;
      this.#onEnd();
    });
    socket.resume();
    socket.unref();
    socket.write('prompt\n');
  }

  #unfollow(): void {
    const { socket } = this.#watch ?? {};
    this.#watch = undefined;
    socket?.destroy();
  }
}

/**
 * One that is slow to start, left alone, would take the sockets later, beside its successor. It has begun nothing that is to be
 * ended well, and one that hangs heeds SIGKILL alone.
 */
async function kill(child: ChildProcess): Promise<void> {
  const hasEnded = child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  if (hasEnded) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** @returns the first of these TCP ports that another program listens on. */
export async function busyPort(ports: readonly number[]): Promise<number | undefined> {
  for (const port of ports) if (await isBusy(port)) return port;
  return undefined;
}

function isBusy(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(true) : reject(error),
    );
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(false)));
  });
}
