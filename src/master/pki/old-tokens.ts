import { SECRET } from '../../api/kinds/secret.ts';
import { ApiError } from '../../api/meta/errors.ts';
import type { Secret } from '../../api/types.ts';
import type { Clock, Millis } from '../../lib/clock.ts';
import type { Chore } from '../housekeeping.ts';
import type { ResourceClient } from '../resource-client.ts';
import { parseTokenSecret, TOKEN_NAMESPACE } from './join-tokens.ts';

/** So long a token that is over still says so to whoever comes with it, instead of being one that never was. */
const KEPT_MS = 24 * 3_600_000;

/** Which Secrets are join tokens that expired more than a day ago; never one of another type, nor one without an expiry. */
export function oldTokens(secrets: readonly Secret[], now: Millis): Secret[] {
  return secrets.filter((secret) => {
    const expiresAt = parseTokenSecret(secret)?.expiresAt;
    return expiresAt !== undefined && expiresAt + KEPT_MS <= now;
  });
}

/** Deletes them. @returns how many. */
export async function forgetOldTokens(client: Pick<ResourceClient, 'list' | 'delete'>, now: Millis): Promise<number> {
  const old = oldTokens(await client.list(SECRET, TOKEN_NAMESPACE), now);
  for (const { metadata } of old) {
    const { name, uid, resourceVersion } = metadata;
    // As it was read: one that was given more time in this moment stays.
    const preconditions = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
    try {
      await client.delete(SECRET, { namespace: TOKEN_NAMESPACE, name }, { preconditions });
    } catch (error) {
      const isChanged = error instanceof ApiError && ['NotFound', 'Conflict'].includes(error.reason);
      if (!isChanged) throw error;
    }
  }
  return old.length;
}

export function tokenChore(client: Pick<ResourceClient, 'list' | 'delete'>, clock: Clock): Chore {
  return {
    name: 'forget old join tokens',
    cron: '17 * * * *',
    run: async () => void (await forgetOldTokens(client, clock.now())),
  };
}
