import { setTimeout as sleep } from 'node:timers/promises';

const SHORTEST_MS = 50;
const LONGEST_MS = 250;

/**
 * Tries again until `check` stops throwing: soon at first, and so that neither the checks nor the pauses between them are most of a long
 * wait. What is waited for needs the processor, too.
 * @returns what it returned then.
 * @throws its last error after `timeoutMs`.
 */
export async function eventually<T>(check: () => Promise<T> | T, timeoutMs = 30_000): Promise<T> {
  const start = Date.now();
  for (;;) {
    const checkedAt = Date.now();
    try {
      return await check();
    } catch (error) {
      const now = Date.now();
      if (now > start + timeoutMs) throw error;
      const share = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, (now - start) / 10));
      await sleep(Math.max(share, Math.min(now - checkedAt, LONGEST_MS)));
    }
  }
}
