import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/** `foo.com` or `*.foo.com`, in small letters. */
const HOST = /^(\*\.)?[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?$/;
/** One of `subjectAltName`'s: `DNS:foo.com`. Node writes what holds a comma or a quote as JSON, so that nothing in it is taken for another. */
const ALTERNATIVE = /(?:^|, )([^:,"]+):("(?:[^"\\]|\\.)*"|[^,]*)/g;

/**
 * The hosts that a certificate is for: its alternative names or, where no DNS name is among them, its common names. What is no host
 * is left out. Source: RFC 6125, 6.4.4.
 */
export function certificateNames({
  subjectAltName = '',
  subject,
}: Pick<X509Certificate, 'subject' | 'subjectAltName'>): string[] {
  const alternatives = [...subjectAltName.matchAll(ALTERNATIVE)].filter(([, type]) => type === 'DNS');
  const common = [...(subject || '').matchAll(/^CN=(.*)$/gm)];
  const names = alternatives.length > 0 ? alternatives.map(([, , name]) => name) : common.map(([, name]) => name);
  const hosts = names.map((name = '') => name.toLowerCase()).filter((name) => HOST.test(name) && isIP(name) === 0);
  return [...new Set(hosts)].toSorted();
}
