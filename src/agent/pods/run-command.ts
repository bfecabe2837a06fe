import type { Runtime } from '../runtime/runtime.ts';

export interface CommandResult {
  readonly exitCode: number;
  /** stdout and stderr as they came, cut. */
  readonly output: string;
}

/** kubelet keeps as much of what a probe or a hook prints. */
const MAX_OUTPUT_BYTES = 10 * 1024;

/**
 * Runs a command in a container and waits for its end. Called off, it kills what it started.
 * @throws the signal's reason, or the engine's error
 */
export async function runCommand(
  runtime: Runtime,
  containerId: string,
  command: readonly string[],
  signal: AbortSignal,
): Promise<CommandResult> {
  signal.throwIfAborted();
  const session = await runtime.exec(containerId, { command, stdin: false, tty: false });
  const letGo = () => void session.connection.destroy(new Error('called off'));
  // Without a listener an end that nobody waits for would take the agent down.
  session.connection.on('error', () => {});
  signal.addEventListener('abort', letGo, { once: true });
  const output = new Output(MAX_OUTPUT_BYTES);
  try {
    if (signal.aborted) letGo();
    await Promise.all([output.take(session.stdout), output.take(session.stderr)]);
    return { exitCode: await session.exitCode(signal), output: output.text };
  } catch (error) {
    if (!signal.aborted) throw error;
    await session.kill();
    throw signal.reason;
  } finally {
    signal.removeEventListener('abort', letGo);
    session.connection.destroy();
  }
}

/** Keeps the first bytes of streams, and reads on so that nothing stalls. */
class Output {
  readonly #max: number;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get text(): string {
    return Buffer.concat(this.#chunks).subarray(0, this.#max).toString();
  }

  async take(stream: NodeJS.ReadableStream): Promise<void> {
    for await (const chunk of stream) {
      if (this.#bytes >= this.#max) continue;
      this.#chunks.push(Buffer.from(chunk));
      this.#bytes += chunk.length;
    }
  }
}
