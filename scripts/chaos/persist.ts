import { setTimeout as sleep } from 'node:timers/promises';
import { ApiAnswerError } from '../../src/cli/api-client.ts';

/**
 * Asks again until a request is done, whatever befalls the master: what a client wants is known at any time.
 * @param doneCode an answer that means that an earlier try had been heard
 * @throws ApiAnswerError for a refusal that no repetition changes
 */
export async function persist(work: () => Promise<unknown>, doneCode?: number): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (error instanceof ApiAnswerError) {
        if (error.code === doneCode) return;
        // A conflict is what a controller did meanwhile.
        if (error.code < 500 && error.code !== 429 && error.code !== 409) throw error;
      }
      await sleep(200);
    }
  }
}
