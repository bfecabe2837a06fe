import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Kubectl } from './kubectl.ts';

/** A kubectl that serves on this machine until it is stopped: `proxy`, `port-forward`. */
export interface KubectlServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  stop(): void;
}

/** Starts one, and waits for its word. @throws Error when it ends without saying where it listens */
export async function startServer(kubectl: Kubectl, args: readonly string[]): Promise<KubectlServer> {
  const child = spawn(kubectl.path, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface(child.stdout)) {
    const address = /127\.0\.0\.1:\d+/.exec(line)?.[0];
    // What it says later must find a reader, or it stops at a full pipe.
    child.stdout.resume();
    if (address) return { url: `http://${address}`, stop: () => child.kill() };
  }
  throw new Error(`kubectl ${args.join(' ')} ended without a word`);
}
