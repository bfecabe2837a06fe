import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import type { Millis } from '../../lib/clock.ts';
import { EC_KEY, EC_SIGNATURE, loadX509 } from '../../lib/x509.ts';

const DAY_MS = 86_400_000;
const LIFETIME_MS = 365 * DAY_MS;

/** Is there a certificate in it that is good for a month yet? */
export function isFresh(pem: string | undefined, now: Millis): boolean {
  return pem !== undefined && new X509Certificate(pem).validToDate.getTime() - now > 30 * DAY_MS;
}

/** A certificate that nobody vouches for, with its key, for hosts that no Secret has one for. */
export async function makeDefaultCertificate(now: Millis): Promise<string> {
  const x509 = await loadX509();
  const keys = await webcrypto.subtle.generateKey(EC_KEY, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: ['Bramble Ingress default certificate'] }],
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + LIFETIME_MS),
    keys,
    signingAlgorithm: EC_SIGNATURE,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'ingress.local' }])],
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ type: 'pkcs8', format: 'pem' });
  return `${certificate.toString('pem')}\n${key}`;
}
