import { once } from 'node:events';
import { connect } from 'node:net';
import { getSystemErrorName } from 'node:util';
import { ApiError } from '../../api/meta/errors.ts';
import type { Pod } from '../../api/types.ts';
import { PAUSE_IMAGE } from '../runtime/pause-image.ts';
import type { ExecSession, ObservedContainer, Runtime } from '../runtime/runtime.ts';

/** One TCP connection to a server in a pod. */
export interface PodConnection {
  /** Write here; `end()` half-closes. */
  readonly up: NodeJS.WritableStream;
  /** What the server says; read it once. Throws when the connection broke. */
  readonly down: AsyncIterable<Uint8Array>;
  /** Lets go of it at once; fine when it is over. */
  close(): void;
}

/**
 * Connects to a port of a pod as kubelet does: to the pod's own localhost, from inside. Where the sandbox is of an image that
 * lacks our relay (--pause-image, or one from before it), to the pod's address: there a server on 127.0.0.1 alone is out of reach.
 * @throws ApiError InternalError when the pod's network is not up or nobody listens, RuntimeError when the engine cannot help.
 */
export async function connectToPod(
  {
    pod,
    observed,
    port,
  }: { readonly pod: Pod; readonly observed: readonly ObservedContainer[]; readonly port: number },
  runtime: Pick<Runtime, 'exec'>,
  signal: AbortSignal,
): Promise<PodConnection> {
  const sandbox = observed.find(({ role, state }) => role === 'sandbox' && state === 'running');
  if (!sandbox) throw new ApiError('InternalError', `the sandbox of pod "${pod.metadata.name}" is not running`);
  if (sandbox.image === PAUSE_IMAGE) return connectInside(sandbox.id, port, runtime, signal);
  return pod.spec.hostNetwork
    ? connectTo({ host: '127.0.0.1', port, words: wordsOf('') }, signal)
    : connectTo({ host: sandbox.ip, port, words: wordsOf(LISTEN_HINT) }, signal);
}

const LISTEN_HINT = " (a server must listen on the pod's address or 0.0.0.0, not on 127.0.0.1 alone)";

function wordsOf(hint: string): Words {
  return (where, why) => `failed to connect to ${where}: ${why}${hint}`;
}

/** kube-apiserver's own for its dials; the kernel would try for two minutes. */
const CONNECT_TIMEOUT_MS = 30_000;

/** The errnos of the relay's tries of 127.0.0.1 and ::1; deploy/pause/pause.c. */
const REPORT_BYTES = 2;

async function connectInside(
  sandboxId: string,
  port: number,
  runtime: Pick<Runtime, 'exec'>,
  signal: AbortSignal,
): Promise<PodConnection> {
  const command = ['/pause', 'relay', String(port)];
  const session = await runtime.exec(sandboxId, { command, stdin: true, tty: false });
  const relayed = new Relay(session);
  const letGo = () => relayed.close();
  signal.addEventListener('abort', letGo, { once: true });
  try {
    signal.throwIfAborted();
    const [v4 = 0, v6 = 0] = await relayed.report();
    if (v4 !== 0 && v6 !== 0) throw refusedInside(sandboxId, port, v4, v6);
    return relayed;
  } catch (error) {
    relayed.close();
    throw error;
  } finally {
    signal.removeEventListener('abort', letGo);
  }
}

/** A connection that a relay in the pod's network makes, and carries over the engine's own. */
class Relay implements PodConnection {
  readonly up: NodeJS.WritableStream;
  readonly down: AsyncIterable<Uint8Array>;
  readonly #session: ExecSession;
  readonly #chunks: AsyncIterator<string | Buffer>;
  #first = Buffer.alloc(0);
  #isOver = false;

  constructor(session: ExecSession) {
    this.#session = session;
    this.#chunks = session.stdout[Symbol.asyncIterator]();
    this.up = session.stdin;
    this.down = this.#rest();
    // Without listeners an end that nobody waits for would take the agent down.
    session.connection.on('error', () => this.close());
    session.stdout.on('error', () => {});
    session.stderr.on('error', () => {}).resume();
  }

  /** What it says before all else. @throws ApiError InternalError when it ended without a word */
  async report(): Promise<Buffer> {
    while (this.#first.length < REPORT_BYTES) {
      const { done, value } = await this.#chunks.next();
      if (done) throw new ApiError('InternalError', 'the relay in the pod ended before it connected');
      this.#first = Buffer.concat([this.#first, Buffer.from(value)]);
    }
    const report = this.#first.subarray(0, REPORT_BYTES);
    this.#first = this.#first.subarray(REPORT_BYTES);
    return report;
  }

  close(): void {
    this.#session.connection.destroy();
    if (this.#isOver) return;
    this.#isOver = true;
    // It would wait for its server as long as that says nothing.
    void this.#session.kill();
  }

  async *#rest(): AsyncGenerator<Uint8Array> {
    if (this.#first.length > 0) yield this.#first;
    for (;;) {
      const { done, value } = await this.#chunks.next();
      if (done) break;
      yield Buffer.from(value);
    }
    this.#isOver = true;
  }
}

/** Says that nobody answered at `host:port`. */
type Words = (where: string, why: string) => string;

/** One TCP connection from this machine. @throws ApiError InternalError in `words` */
export async function connectTo(
  { host, port, words }: { readonly host: string; readonly port: number; readonly words: Words },
  signal: AbortSignal,
): Promise<PodConnection> {
  const socket = connect({ host, port, allowHalfOpen: true, noDelay: true, timeout: CONNECT_TIMEOUT_MS });
  socket.once('timeout', () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
  try {
    await once(socket, 'connect', { signal });
  } catch (cause) {
    socket.destroy();
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new ApiError('InternalError', words(`${host}:${port}`, wordsFor(code)), {}, { cause });
  }
  socket.setTimeout(0);
  const close = () => void socket.destroy();
  socket.on('error', close);
  return { up: socket, down: socket, close };
}

/** containerd's words, which kubectl shows. */
function refusedInside(sandboxId: string, port: number, v4: number, v6: number): ApiError {
  const why = (errno: number) => `connect: ${wordsFor(getSystemErrorName(-errno))}`;
  const tries = `IPv4: dial tcp4 127.0.0.1:${port}: ${why(v4)} IPv6 dial tcp6 [::1]:${port}: ${why(v6)}`;
  return new ApiError(
    'InternalError',
    `failed to connect to localhost:${port} inside namespace "${sandboxId}", ${tries}`,
  );
}

/** The kernel's own words for what happens to a dial. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EAFNOSUPPORT: 'address family not supported by protocol',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'connection timed out',
};

function wordsFor(code: string): string {
  return WORDS[code] ?? code;
}
