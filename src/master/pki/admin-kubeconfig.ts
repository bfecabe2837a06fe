import { createPublicKey, X509Certificate } from 'node:crypto';
import type { Millis } from '../../lib/clock.ts';
import { readIfThere, writePrivateFile } from '../../lib/private-file.ts';
import { renewAt } from '../../lib/renewal.ts';
import { type CertificateAuthority, type KeyPair, newPrivateKey } from './certificate-authority.ts';

export interface Kubeconfig extends KeyPair {
  /** `https://host:6443` */
  readonly server: string;
  readonly caPem: string;
}

/** A new certificate for the cluster's administrator: system:admin of system:masters, to whom everything is allowed. */
export async function issueAdmin(ca: CertificateAuthority): Promise<KeyPair> {
  const keyPem = await newPrivateKey();
  const certPem = await ca.issue({
    commonName: 'system:admin',
    organizations: ['system:masters'],
    usage: 'client',
    publicKey: createPublicKey(keyPem),
  });
  return { certPem, keyPem };
}

/** The file as kubectl reads it; cluster, user and context are called `bramble`. */
function renderKubeconfig(config: Kubeconfig): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return `apiVersion: v1
kind: Config
clusters:
- name: bramble
  cluster:
    server: ${config.server}
    certificate-authority-data: ${base64(config.caPem)}
users:
- name: bramble
  user:
    client-certificate-data: ${base64(config.certPem)}
    client-key-data: ${base64(config.keyPem)}
contexts:
- name: bramble
  context:
    cluster: bramble
    user: bramble
current-context: bramble
`;
}

/** Reads back what `renderKubeconfig` wrote. @returns undefined for any other text. */
export function parseKubeconfig(text: string): Kubeconfig | undefined {
  const field = (name: string) => new RegExp(`^ +${name}: (\\S+)$`, 'm').exec(text)?.[1];
  const decoded = (name: string) => Buffer.from(field(name) ?? '', 'base64').toString();
  const server = field('server');
  const config = {
    server: server ?? '',
    caPem: decoded('certificate-authority-data'),
    certPem: decoded('client-certificate-data'),
    keyPem: decoded('client-key-data'),
  };
  return renderKubeconfig(config) === text ? config : undefined;
}

/** Whether a kubeconfig still serves: same server and CA, a certificate of that CA that is not two thirds through its life. */
function isCurrent(config: Kubeconfig, wanted: { server: string; caPem: string }, now: Millis): boolean {
  if (config.server !== wanted.server || config.caPem !== wanted.caPem) return false;
  try {
    const certificate = new X509Certificate(config.certPem);
    return certificate.verify(createPublicKey(wanted.caPem)) && now < renewAt(config.certPem);
  } catch {
    return false; // not a certificate any more: it is written anew
  }
}

/**
 * Writes the administrator's kubeconfig (0600). A file that still serves is left as it is, to the byte.
 * @returns whether it was written.
 */
export async function writeKubeconfig(
  path: string,
  options: { readonly ca: CertificateAuthority; readonly server: string; readonly now: Millis },
): Promise<boolean> {
  const { ca, server, now } = options;
  const text = await readIfThere(path);
  const held = text === undefined ? undefined : parseKubeconfig(text);
  if (held && isCurrent(held, { server, caPem: ca.caPem }, now)) return false;
  const admin = await issueAdmin(ca);
  await writePrivateFile(path, renderKubeconfig({ server, caPem: ca.caPem, ...admin }));
  return true;
}
