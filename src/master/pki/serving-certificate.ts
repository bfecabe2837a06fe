import { createPublicKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Clock, Millis } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { readIfThere, writePrivateFile } from '../../lib/private-file.ts';
import { renewAt } from '../../lib/renewal.ts';
import type { TlsMaterial } from '../../rpc/server.ts';
import { type CertificateAuthority, newPrivateKey } from './certificate-authority.ts';

/** Under which names and addresses the master is called. */
export interface ServingNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

export interface ServingOptions {
  readonly hostname: string;
  /** An address or a name; '' for none. */
  readonly advertiseAddress: string;
  /** Every address of this machine. */
  readonly hostAddresses: readonly string[];
  /** The `kubernetes` Service's: the first of the service CIDR, 10.43.0.1. */
  readonly serviceIp: string;
  readonly clusterDomain: string;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '').sort();
}

/** All names a client may use for the master, each once, sorted. Link-local IPv6 is left out: it cannot be dialled by URL. */
export function servingNames(options: ServingOptions): ServingNames {
  const advertised = options.advertiseAddress;
  const domain = options.clusterDomain;
  const inCluster = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', `kubernetes.default.svc.${domain}`];
  const reachable = options.hostAddresses.filter((address) => !/^fe[89ab]/i.test(address) && !address.includes('%'));
  return {
    dnsNames: unique(['localhost', options.hostname.toLowerCase(), ...inCluster, isIP(advertised) ? '' : advertised]),
    ipAddresses: unique(['127.0.0.1', '::1', options.serviceIp, isIP(advertised) ? advertised : '', ...reachable]),
  };
}

/** Canonical text of an address, so that `::1` and the certificate's `0:0:0:0:0:0:0:1` are the same. */
function canonical(address: string): string {
  return isIP(address) === 6 ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}

/**
 * Whether the certificate must be made anew: of another CA, two thirds old, or it lacks a wanted name.
 * Names it has beyond those do not matter: an address that comes and goes must not make a new certificate every time.
 */
function mustReissue(certPem: string, caPem: string, names: ServingNames, now: Millis): boolean {
  const certificate = new X509Certificate(certPem);
  if (!certificate.verify(createPublicKey(caPem))) return true;
  if (now >= renewAt(certPem)) return true;
  const entries = (certificate.subjectAltName ?? '').split(', ');
  const held = new Set(entries.map((entry) => entry.replace(/^IP Address:(.*)$/, (_, ip) => `IP:${canonical(ip)}`)));
  const wanted = [
    ...names.dnsNames.map((name) => `DNS:${name}`),
    ...names.ipAddresses.map((address) => `IP:${canonical(address)}`),
  ];
  return wanted.some((name) => !held.has(name));
}

const CHECK_EVERY_MS = 3_600_000;

/** The master's serving certificate, for HTTPS and gRPC: on disk, looked after once an hour, told to those who use it. */
export class ServingCertificate implements Part {
  readonly name = 'serving-certificate';
  readonly #dir: string;
  readonly #ca: CertificateAuthority;
  readonly #names: () => ServingNames;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #listeners = new Set<(tls: TlsMaterial) => void>();
  #current: TlsMaterial | undefined;
  #cancelTimer: (() => void) | undefined;

  /** @param options.names asked again at every check, since a machine's addresses change. */
  constructor(options: {
    readonly dir: string;
    readonly ca: CertificateAuthority;
    readonly names: () => ServingNames;
    readonly clock: Clock;
    readonly log: Logger;
  }) {
    this.#dir = options.dir;
    this.#ca = options.ca;
    this.#names = options.names;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  /** `certPem` is leaf and CA. @throws Error before the first `ensure`. */
  get current(): TlsMaterial {
    if (!this.#current) throw new Error('the serving certificate has not been made yet');
    return this.#current;
  }

  /** Calls back with every later certificate. @returns ends it. */
  onChange(listener: (tls: TlsMaterial) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads the certificate, or makes one when there is none that will do. */
  async ensure(): Promise<TlsMaterial> {
    const certPath = join(this.#dir, 'serving.crt');
    const keyPath = join(this.#dir, 'serving.key');
    const names = this.#names();
    const [certPem, keyPem] = await Promise.all([readIfThere(certPath), readIfThere(keyPath)]);
    if (certPem && keyPem && !mustReissue(certPem, this.#ca.caPem, names, this.#clock.now())) {
      this.#use(certPem, keyPem);
      return this.current;
    }
    // The key stays when there is one, so that a cut between the two writes never leaves files that are not a pair.
    const key = keyPem ?? (await newPrivateKey());
    const leaf = await this.#ca.issue({
      commonName: 'bramble-master',
      organizations: [],
      usage: 'server',
      publicKey: createPublicKey(key),
      ...names,
    });
    if (!keyPem) await writePrivateFile(keyPath, key);
    await writePrivateFile(certPath, leaf);
    this.#log.info({ names }, 'issued the serving certificate');
    this.#use(leaf, key);
    return this.current;
  }

  async start(): Promise<void> {
    await this.ensure();
    this.#scheduleCheck();
  }

  stop(): void {
    this.#cancelTimer?.();
  }

  #use(leafPem: string, keyPem: string): void {
    const certPem = leafPem + this.#ca.caPem;
    if (this.#current?.certPem === certPem) return;
    this.#current = { certPem, keyPem, caPem: this.#ca.caPem };
    for (const listener of this.#listeners) listener(this.#current);
  }

  #scheduleCheck(): void {
    this.#cancelTimer = this.#clock.after(CHECK_EVERY_MS, () => {
      this.ensure().then(
        () => this.#scheduleCheck(),
        (err: unknown) => {
          this.#log.error({ err }, 'could not renew the serving certificate');
          this.#scheduleCheck();
        },
      );
    });
  }
}
