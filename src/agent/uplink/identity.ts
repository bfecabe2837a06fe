import { createPrivateKey, createPublicKey, generateKeyPair, webcrypto, X509Certificate } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readIfThere, writePrivateFile } from '../../lib/private-file.ts';
import { EC_KEY, EC_SIGNATURE, loadX509 } from '../../lib/x509.ts';

/** Who this node is, PEM: its key, and once it is enrolled the certificate for it and the CA that both sides trust. */
export interface Identity {
  readonly keyPem: string;
  readonly certPem: string | undefined;
  readonly caPem: string | undefined;
}

/** A usable one. */
export type EnrolledIdentity = Identity & { readonly certPem: string; readonly caPem: string };

/** The node that a certificate is of; undefined when it is of none. */
export function nodeNameOf(certPem: string | undefined): string | undefined {
  if (!certPem) return undefined;
  return /^CN=system:node:(.+)$/m.exec(new X509Certificate(certPem).subject)?.[1];
}

/** Whether the certificate is of this key and this node, by its CA. No clock has a say: a Pi's may be off by years. */
export function isOwn(identity: Identity, nodeName: string): identity is EnrolledIdentity {
  if (!identity.certPem || !identity.caPem) return false;
  const certificate = new X509Certificate(identity.certPem);
  const isNamed = nodeNameOf(identity.certPem) === nodeName;
  const isOfKey = certificate.checkPrivateKey(createPrivateKey(identity.keyPem));
  const isOfCa = certificate.verify(createPublicKey(identity.caPem));
  return isNamed && isOfKey && isOfCa;
}

/** The identity's files in a folder of the agent's data directory, readable by root only. */
export class IdentityStore {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Reads it; the key is made when there is none. */
  async load(): Promise<Identity> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    const [held, certPem, caPem] = await Promise.all(
      ['node.key', 'node.crt', 'ca.crt'].map((name) => readIfThere(join(this.#dir, name))),
    );
    const keyPem = held ?? (await this.#createKey());
    return { keyPem, certPem, caPem };
  }

  /** Keeps what the master issued. The CA first: a certificate is of no use without it. */
  async save(certificate: { certPem: string; caPem: string }): Promise<void> {
    await writePrivateFile(join(this.#dir, 'ca.crt'), certificate.caPem);
    await writePrivateFile(join(this.#dir, 'node.crt'), certificate.certPem);
  }

  async #createKey(): Promise<string> {
    const pair = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
    const keyPem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await writePrivateFile(join(this.#dir, 'node.key'), keyPem);
    return keyPem;
  }
}

/** A PKCS #10 request, PEM, for the key: the master looks at the public key only. */
export async function certificateRequest(keyPem: string, nodeName: string): Promise<string> {
  const x509 = await loadX509();
  const { subtle } = webcrypto;
  const privateDer = createPrivateKey(keyPem).export({ type: 'pkcs8', format: 'der' });
  const publicDer = createPublicKey(keyPem).export({ type: 'spki', format: 'der' });
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ O: ['system:nodes'] }, { CN: [`system:node:${nodeName}`] }],
    keys: {
      privateKey: await subtle.importKey('pkcs8', privateDer, EC_KEY, false, ['sign']),
      publicKey: await subtle.importKey('spki', publicDer, EC_KEY, true, ['verify']),
    },
    signingAlgorithm: EC_SIGNATURE,
  });
  return request.toString('pem');
}
