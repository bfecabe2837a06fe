import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { SECRET } from '../../api/kinds/secret.ts';
import { durationText } from '../../api/meta/age.ts';
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
export interface TokenInfo {
  readonly id: string;
  readonly description: string;
  /** undefined: never. */
  readonly expiresAt: Millis | undefined;
  /** Good for one machine only. */
  readonly isSingleUse: boolean;
  /** The node that a single-use token was used by; '' before. */
  readonly usedBy: string;
}

export interface StoredToken extends TokenInfo {
  readonly secretHash: string;
  /** The key that a single-use token was used for; '' before. That key may come again: an answer can get lost. */
  readonly usedByKey: string;
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
  readonly isSingleUse?: boolean;
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
        ...(options.isSingleUse ? { 'single-use': encode('true') } : {}),
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
  return {
    id,
    secretHash,
    description: field('description'),
    // An expiry that cannot be read counts as passed: nobody gets a token for ever by a typing error.
    expiresAt: Number.isNaN(expiresAt) ? 0 : expiresAt,
    isSingleUse: field('single-use') === 'true',
    usedBy: field('used-by'),
    usedByKey: field('used-by-key-sha256'),
  };
}

const MAKE_ANOTHER = 'make a new one on the master: `bramble token create`';

/** Why a token does not let anybody in; undefined when it does. Only who has the secret part hears more than that it is wrong. */
export function refusal(token: StoredToken, secret: string, now: Millis): string | undefined {
  const { id, expiresAt } = token;
  const isSame = timingSafeEqual(Buffer.from(hashOf(secret)), Buffer.from(token.secretHash.padEnd(64).slice(0, 64)));
  if (!isSame) return `the secret part of the join token ${id} is wrong: copy the whole word, or ${MAKE_ANOTHER}`;
  if (expiresAt === undefined || now < expiresAt) return undefined;
  const age = durationText(now - expiresAt);
  return `the join token ${id} has expired ${age} ago, by the master's clock: ${MAKE_ANOTHER}`;
}

/** Why a key may not use a good token; undefined when it may. */
export function usedUp(token: StoredToken, keyHash: string): string | undefined {
  if (!token.isSingleUse || !token.usedByKey || token.usedByKey === keyHash) return undefined;
  return `the join token ${token.id} was for one machine, and node "${token.usedBy}" has used it: ${MAKE_ANOTHER}`;
}

/** Checks tokens for enrollment. Secrets in the store, and beside them those of this process for its own agent. */
export class JoinTokens {
  readonly #client: Pick<ResourceClient, 'get' | 'update'>;
  readonly #caHash: string;
  readonly #clock: Clock;
  readonly #local = new Map<string, StoredToken>();

  constructor(options: {
    readonly client: Pick<ResourceClient, 'get' | 'update'>;
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

  /** @throws ApiError Unauthorized that says what is wrong with it and what to do; others when the store cannot be read. */
  async verify(id: string, secret: string): Promise<StoredToken> {
    const token = this.#local.get(id) ?? (await this.#read(id));
    const why = token
      ? refusal(token, secret, this.#clock.now())
      : `there is no join token ${id}: it was revoked, or is mistyped, or of another cluster; ${MAKE_ANOTHER}`;
    if (!token || why) throw new ApiError('Unauthorized', why ?? '');
    return token;
  }

  /**
   * Notes which machine a single-use token was for, before that gets anything.
   * @throws ApiError Unauthorized when another one was first.
   */
  async use({ id, isSingleUse }: StoredToken, by: { keyHash: string; nodeName: string }): Promise<void> {
    if (!isSingleUse) return;
    const secret = await this.#client.get(SECRET, { namespace: TOKEN_NAMESPACE, name: tokenSecretName(id) });
    const token = parseTokenSecret(secret);
    const why = token && usedUp(token, by.keyHash);
    if (why) throw new ApiError('Unauthorized', why);
    const used = { 'used-by': encode(by.nodeName), 'used-by-key-sha256': encode(by.keyHash) };
    // With the resourceVersion that was read: of two masters or machines at once, one is too late.
    await this.#client.update(SECRET, { ...secret, data: { ...secret.data, ...used } });
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
