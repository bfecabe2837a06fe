import { ApiError, badRequest } from '../../../api/meta/errors.ts';
import type { EngineDeps } from './engine-deps.ts';

const WAIT_MS = 3000;
const POLL_MS = 100;

/** @returns 0 for `''` and `'0'`. @throws ApiError BadRequest when it is no number. */
export function parseResourceVersion(text: string): number {
  if (text === '') return 0;
  const revision = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(revision)) {
    throw badRequest(`invalid resource version "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`);
  }
  return revision;
}

/** A revision from the future: a client of another (or a restored) store. Clients know the cause and list anew. */
function tooLargeResourceVersion(wanted: number, current: number): ApiError {
  const message = `Too large resource version: ${wanted}, current: ${current}`;
  return new ApiError('Timeout', message, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version', field: '' }],
    retryAfterSeconds: 1,
  });
}

/** Waits shortly until the store has reached `text`. @throws ApiError Timeout with the cause ResourceVersionTooLarge. */
export async function waitForRevision(deps: EngineDeps, text: string, signal?: AbortSignal): Promise<void> {
  const wanted = parseResourceVersion(text);
  for (let waited = 0; deps.store.revision < wanted; waited += POLL_MS) {
    if (waited >= WAIT_MS) throw tooLargeResourceVersion(wanted, deps.store.revision);
    await deps.clock.sleep(POLL_MS, signal);
  }
}
