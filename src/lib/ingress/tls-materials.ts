import type { Secret } from '../../api/types.ts';
import { type TlsMaterial, tlsMaterial } from './tls-secret.ts';

/** What a Secret was read to be, or why it can't be served. */
export type TlsReading =
  | { readonly material: TlsMaterial; readonly error?: undefined }
  | { readonly material?: undefined; readonly error: string };

/** Secrets as certificates, read again and again: each is looked into once, since a key takes milliseconds. */
export class TlsMaterials {
  /** Objects never change, they are replaced. */
  readonly #read = new WeakMap<Secret, TlsReading>();

  of(secret: Secret): TlsReading {
    const known = this.#read.get(secret);
    if (known) return known;
    const reading = read(secret);
    this.#read.set(secret, reading);
    return reading;
  }
}

function read(secret: Secret): TlsReading {
  try {
    return { material: tlsMaterial(secret) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
