import { X509Certificate } from 'node:crypto';
import type { Millis } from './clock.ts';

/** When a certificate is to be replaced: two thirds into its life. Of 365 days: after day 243. */
export function renewAt(certPem: string): Millis {
  const certificate = new X509Certificate(certPem);
  const from = certificate.validFromDate.getTime();
  return from + ((certificate.validToDate.getTime() - from) * 2) / 3;
}
