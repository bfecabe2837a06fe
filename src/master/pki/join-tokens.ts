import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { SECRET } from '../../api/kinds/secret.ts';
import { ApiError } from '../../api/meta/errors.ts';
import type { Secret } from '../../api/types.ts';
import { type Clock, type Millis, toRfc3339 } from '../../lib/clock.ts';
import { formatJoinToken } from '../../lib/join-token.ts';
import type { ResourceClient } from '../resource-client.ts';

/** Tokens are Secrets of kubeadm's type, named `bootstrap-token-<id>`, in kube-system: kubectl shows and deletes them too. */
export const TOKEN_NAMESPACE = 'kube-system';
export const TOKEN_SECRET_TYPE = 'bootstrap.kubernetes.io/token';
const NAME_PREFIX = 'bootstrap-token-';
export const DEFAULT_TOKEN_TTL_MS = 24 * 3_600_000;

/** What `bramble token list` shows of one; the secret part is nowhere but in the word that was printed once. */
interface TokenInfo {
  readonly id: string;
  readonly description: string;
  /** undefined: never. */
  readonly expiresAt: Millis | undefined;
}

interface StoredToken extends TokenInfo {
  readonly secretHash: string;
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

function randomWord(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export function tokenSecretName(id: string): string {
  return `${NAME_PREFIX}${id}`;
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}

/**
 * A new token: the word to print, and the Secret to create in the API.
 * @param options.expiresAt undefined makes one that never expires.
 */
export function newJoinToken(options: {
  readonly caHash: string;
  readonly expiresAt: Millis | undefined;
  readonly description?: string;
}): { readonly word: string; readonly secret: Secret } {
  const token = { id: randomWord(6), secret: randomWord(26), caHash: options.caHash };
  const { expiresAt } = options;
  return {
    word: formatJoinToken(token),
    secret: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: tokenSecretName(token.id), namespace: TOKEN_NAMESPACE },
      type: TOKEN_SECRET_TYPE,
      data: {
        'token-id': encode(token.id),
        // Only the hash: whoever lists Secrets cannot join with what they see.
        'token-secret-sha256': encode(hashOf(token.secret)),
        ...(expiresAt === undefined ? {} : { expiration: encode(toRfc3339(expiresAt)) }),
        ...(options.description ? { description: encode(options.description) } : {}),
      },
    },
  };
}

/** Reads a Secret that `newJoinToken` made. @returns undefined for any other. */
export function parseTokenSecret(secret: Secret): StoredToken | undefined {
  if (secret.type !== TOKEN_SECRET_TYPE) return undefined;
  const field = (name: string) => Buffer.from(secret.data?.[name] ?? '', 'base64').toString();
  const id = field('token-id');
  const secretHash = field('token-secret-sha256');
  if (!id || !secretHash || secret.metadata.name !== tokenSecretName(id)) return undefined;
  const expiration = field('expiration');
  const expiresAt = expiration ? Date.parse(expiration) : undefined;
  // An expiry that cannot be read counts as passed: nobody gets a token for ever by a typing error.
  return { id, secretHash, description: field('description'), expiresAt: Number.isNaN(expiresAt) ? 0 : expiresAt };
}

/** Whether `secret` is the one this token was made with and its time has not passed. */
export function isValid(token: StoredToken, secret: string, now: Millis): boolean {
  const isSame = timingSafeEqual(Buffer.from(hashOf(secret)), Buffer.from(token.secretHash.padEnd(64).slice(0, 64)));
  return isSame && (token.expiresAt === undefined || now < token.expiresAt);
}

const REFUSED = 'the join token is wrong, expired or revoked: make a new one on the master with `bramble token create`';

/** Checks tokens for enrollment. Secrets in the store, and beside them those of this process for its own agent. */
export class JoinTokens {
  readonly #client: Pick<ResourceClient, 'get'>;
  readonly #caHash: string;
  readonly #clock: Clock;
  readonly #local = new Map<string, StoredToken>();

  constructor(options: {
    readonly client: Pick<ResourceClient, 'get'>;
    readonly caHash: string;
    readonly clock: Clock;
  }) {
    this.#client = options.client;
    this.#caHash = options.caHash;
    this.#clock = options.clock;
  }

  /** A token that only this process knows, good for an hour: `bramble up` hands it to the agent beside the master. */
  createLocal(): string {
    const { word, secret } = newJoinToken({ caHash: this.#caHash, expiresAt: this.#clock.now() + 3_600_000 });
    const token = parseTokenSecret(secret);
    if (token) this.#local.set(token.id, token);
    return word;
  }

  /** @throws ApiError Unauthorized, in the same words whatever is wrong with it; others when the store cannot be read. */
  async verify(id: string, secret: string): Promise<void> {
    const token = this.#local.get(id) ?? (await this.#read(id));
    if (!token || !isValid(token, secret, this.#clock.now())) throw new ApiError('Unauthorized', REFUSED);
  }

  async #read(id: string): Promise<StoredToken | undefined> {
    if (!/^[a-z0-9]{6}$/.test(id)) return undefined;
    const key = { namespace: TOKEN_NAMESPACE, name: tokenSecretName(id) };
    try {
      const secret = await this.#client.get(SECRET, key);
      return secret.metadata.deletionTimestamp ? undefined : parseTokenSecret(secret);
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'NotFound') return undefined;
      throw error;
    }
  }
}
