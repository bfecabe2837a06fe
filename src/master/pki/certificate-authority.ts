import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  webcrypto,
  X509Certificate,
} from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Millis } from '../../lib/clock.ts';
import { readIfThere, writePrivateFile } from '../../lib/private-file.ts';
import { EC_KEY, EC_SIGNATURE, loadX509 } from '../../lib/x509.ts';

const DAY_MS = 86_400_000;
const CA_LIFETIME_MS = 10 * 365 * DAY_MS;
const LEAF_LIFETIME_MS = 365 * DAY_MS;
/** Certificates are valid from a little before they are made: a Pi without a clock battery runs behind. */
const BACKDATE_MS = 3_600_000;

/** Who a certificate is for. Server certificates carry names, client certificates a user and its groups. */
export interface LeafRequest {
  readonly commonName: string;
  /** Groups, for the API. */
  readonly organizations: readonly string[];
  readonly usage: 'server' | 'client';
  readonly publicKey: KeyObject;
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
}

export interface KeyPair {
  readonly certPem: string;
  readonly keyPem: string;
}

/** SHA-256 of a public key's SPKI, hex: what a join token pins, and what a node is known by. */
export function keyHash(key: KeyObject): string {
  const spki = key.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('hex');
}

/** A fresh P-256 key, PKCS #8 PEM. */
export async function newPrivateKey(): Promise<string> {
  const pair = await webcrypto.subtle.generateKey(EC_KEY, true, ['sign', 'verify']);
  const der = await webcrypto.subtle.exportKey('pkcs8', pair.privateKey);
  return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

/** RFC 5280 4.1.2.2: positive and at most 20 octets. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function span(now: Millis, lifetimeMs: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now - BACKDATE_MS), notAfter: new Date(now + lifetimeMs) };
}

async function signingKey(keyPem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(keyPem).export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', der, EC_KEY, false, ['sign']);
}

async function verifyingKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('spki', key.export({ type: 'spki', format: 'der' }), EC_KEY, true, ['verify']);
}

async function createCa(now: Millis): Promise<KeyPair> {
  const x509 = await loadX509();
  const keyPem = await newPrivateKey();
  const publicKey = await verifyingKey(createPublicKey(keyPem));
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [`bramble-ca@${Math.floor(now / 1000)}`] }],
    ...span(now, CA_LIFETIME_MS),
    keys: { privateKey: await signingKey(keyPem), publicKey },
    signingAlgorithm: EC_SIGNATURE,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return { certPem: `${certificate.toString('pem')}\n`, keyPem };
}

/** The cluster's own authority: everything that speaks TLS trusts it and nothing else. ECDSA P-256. */
export class CertificateAuthority {
  /** The CA's certificate. */
  readonly caPem: string;
  /** What join tokens pin. */
  readonly hash: string;
  readonly #keyPem: string;
  readonly #clock: Clock;

  private constructor(ca: KeyPair, clock: Clock) {
    this.caPem = ca.certPem;
    this.hash = keyHash(createPublicKey(ca.certPem));
    this.#keyPem = ca.keyPem;
    this.#clock = clock;
  }

  /**
   * The authority in `dir` (ca.crt, ca.key), made on the first start.
   * @throws Error when one of the two files is missing or they are not a pair: restoring beats guessing.
   */
  static async open(dir: string, clock: Clock): Promise<CertificateAuthority> {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const certPath = join(dir, 'ca.crt');
    const keyPath = join(dir, 'ca.key');
    const [certPem, keyPem] = await Promise.all([readIfThere(certPath), readIfThere(keyPath)]);
    if (certPem && keyPem) {
      if (keyHash(createPublicKey(certPem)) !== keyHash(createPublicKey(keyPem))) {
        throw new Error(`${certPath} and ${keyPath} do not belong together: restore both from the same backup`);
      }
      return new CertificateAuthority({ certPem, keyPem }, clock);
    }
    if (certPem) throw new Error(`${keyPath} is missing: restore it from a backup`);
    const made = await createCa(clock.now());
    // The key first: a key alone (a power cut in between) was never used and may be replaced, a certificate may not.
    await writePrivateFile(keyPath, made.keyPem);
    await writePrivateFile(certPath, made.certPem);
    return new CertificateAuthority(made, clock);
  }

  /** @returns the certificate, PEM, valid for a year, with the key identifiers and usages that strict verifiers ask for. */
  async issue(request: LeafRequest): Promise<string> {
    const x509 = await loadX509();
    const ca = new x509.X509Certificate(this.caPem);
    const publicKey = await verifyingKey(request.publicKey);
    const usage = request.usage === 'server' ? 'serverAuth' : 'clientAuth';
    const names = [
      ...(request.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
      ...(request.ipAddresses ?? []).map((value) => ({ type: 'ip' as const, value })),
    ];
    const organizations = request.organizations.map((name) => ({ O: [name] }));
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: [...organizations, { CN: [request.commonName] }],
      issuer: ca.subjectName.toJSON(),
      ...span(this.#clock.now(), LEAF_LIFETIME_MS),
      publicKey,
      signingKey: await signingKey(this.#keyPem),
      signingAlgorithm: EC_SIGNATURE,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[usage]]),
        await x509.SubjectKeyIdentifierExtension.create(publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(ca.publicKey),
        ...(names.length ? [new x509.SubjectAlternativeNameExtension(names)] : []),
      ],
    });
    return `${certificate.toString('pem')}\n`;
  }

  /** The node that a certificate of this authority names, expired or not; undefined when it is of another authority or key. */
  nodeOf(certPem: string, publicKey: KeyObject): string | undefined {
    const certificate = readCertificate(certPem);
    if (!certificate?.verify(createPublicKey(this.caPem)) || certificate.ca) return undefined;
    if (keyHash(certificate.publicKey) !== keyHash(publicKey)) return undefined;
    if (!certificate.subject.split('\n').includes('O=system:nodes')) return undefined;
    return /^CN=system:node:(.+)$/m.exec(certificate.subject)?.[1];
  }

  /** A node's client certificate: user system:node:<name> of group system:nodes. */
  issueNode(nodeName: string, publicKey: KeyObject): Promise<string> {
    return this.issue({
      commonName: `system:node:${nodeName}`,
      organizations: ['system:nodes'],
      usage: 'client',
      publicKey,
    });
  }
}

/** undefined for what is no certificate: it comes from whoever can reach the port. */
function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
