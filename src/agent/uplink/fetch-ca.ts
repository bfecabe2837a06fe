import { createHash, X509Certificate } from 'node:crypto';
import { connect, type DetailedPeerCertificate } from 'node:tls';

/** `host:port`, IPv6 hosts in brackets. @throws Error for anything else. */
function parseAddress(address: string): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  if (!host || !port) throw new Error(`"${address}" is not an address of the form HOST:PORT`);
  return { host, port: Number(port) };
}

/** The certificates that a server presented, leaf first. */
function chainOf(leaf: DetailedPeerCertificate): X509Certificate[] {
  const chain: X509Certificate[] = [];
  const seen = new Set<string>();
  for (let at: DetailedPeerCertificate | undefined = leaf; at?.raw && !seen.has(at.fingerprint256); ) {
    seen.add(at.fingerprint256);
    chain.push(new X509Certificate(at.raw));
    at = at.issuerCertificate;
  }
  return chain;
}

/** The one whose public key has this SHA-256 (hex). */
export function findPinned(chain: readonly X509Certificate[], caHash: string): X509Certificate | undefined {
  return chain.find((certificate) => {
    const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(spki).digest('hex') === caHash;
  });
}

const TIMEOUT_MS = 5_000;

/**
 * Asks a master for its chain, trusting nothing, and picks the CA that the join token pins. Every later connection verifies
 * against that CA: this one carries no secret.
 * @returns the CA's certificate, PEM; undefined when the server's chain holds no such CA: it is another cluster's, or somebody in between.
 * @throws Error of the socket when the master cannot be reached.
 */
export function fetchCa(address: string, caHash: string): Promise<string | undefined> {
  const { host, port } = parseAddress(address);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      const pinned = findPinned(chainOf(socket.getPeerCertificate(true)), caHash);
      socket.destroy();
      resolve(pinned && `${pinned.toString().trim()}\n`);
    });
  });
}
