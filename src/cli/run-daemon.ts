import type { Lifecycle } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/logger.ts';

/** Starts a daemon's parts and waits for SIGTERM or SIGINT; a second signal while stopping ends it at once. */
export async function runDaemon(parts: Lifecycle, log: Logger): Promise<void> {
  const signalled = new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  await parts.start();
  log.info({ pid: process.pid }, 'ready');
  const signal = await signalled;
  log.info({ signal }, 'stopping');
  for (const again of ['SIGTERM', 'SIGINT'] as const) process.once(again, () => process.exit(1));
  await parts.stop();
}
