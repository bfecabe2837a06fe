import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { Secret } from '../../api/types.ts';
import { certificateNames } from './certificate-names.ts';

export interface TlsMaterial {
  /** Names the content: the same certificate and key have the same. */
  readonly id: string;
  /** The chain, the certificate itself first, and its key (PKCS #8). */
  readonly pem: string;
  /** The hosts that the certificate is for; may be none. */
  readonly names: readonly string[];
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** Is there a certificate with a key in it, good or bad? Of other Secrets an Ingress makes no use. */
export function hasTlsKeys({ data }: Secret): boolean {
  return data?.['tls.crt'] !== undefined && data['tls.key'] !== undefined;
}

/**
 * Certificate and key of a Secret, written anew from what they were read to be: nothing else that may stand in there passes.
 * @throws Error that says what is wrong with them.
 */
export function tlsMaterial({ data }: Secret): TlsMaterial {
  const text = (key: string) => Buffer.from(data?.[key] ?? '', 'base64').toString();
  for (const key of ['tls.crt', 'tls.key']) if (text(key).trim() === '') throw new Error(`it has no ${key}`);
  const chain = (text('tls.crt').match(CERTIFICATE) ?? []).map((pem) => new X509Certificate(pem));
  const [leaf] = chain;
  if (!leaf) throw new Error('tls.crt holds no certificate');
  const key = createPrivateKey(text('tls.key'));
  if (!leaf.checkPrivateKey(key)) throw new Error('tls.key is not the key of the certificate in tls.crt');
  const keyPem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const certPem = chain.map((certificate) => certificate.toString()).join('');
  // OpenSSL's own word, for what it refuses to serve: keys too short, signatures too weak.
  createSecureContext({ cert: certPem, key: keyPem, minVersion: 'TLSv1.2' });
  const pem = `${certPem}${keyPem}`;
  return { id: createHash('sha256').update(pem).digest('hex').slice(0, 32), pem, names: certificateNames(leaf) };
}
