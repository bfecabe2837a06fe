/** What `bramble token create` prints: one word that says which token, proves it, and pins the cluster's CA. */
export interface JoinToken {
  /** 6 of [a-z0-9]; not secret. */
  readonly id: string;
  /** 26 of [a-z0-9]: 134 bits. */
  readonly secret: string;
  /** SHA-256 of the CA's public key (SPKI), 64 hex digits. */
  readonly caHash: string;
}

const PATTERN = /^([a-z0-9]{6})\.([a-z0-9]{26})\.([0-9a-f]{64})$/;

/** `id.secret.caHash`. */
export function formatJoinToken(token: JoinToken): string {
  return `${token.id}.${token.secret}.${token.caHash}`;
}

/** @throws Error that says what to do when `text` is no token. */
export function parseJoinToken(text: string): JoinToken {
  const [, id, secret, caHash] = PATTERN.exec(text.trim()) ?? [];
  if (!id || !secret || !caHash) {
    throw new Error(
      'the join token is not one that `bramble token create` printed: copy the whole word, dots included',
    );
  }
  return { id, secret, caHash };
}
