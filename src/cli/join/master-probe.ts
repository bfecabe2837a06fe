import { connect } from 'node:http2';
import { fetchCa } from '../../agent/uplink/fetch-ca.ts';
import { ConfigError, parseHostPort } from '../../lib/config-check.ts';
import { type JoinToken, parseJoinToken } from '../../lib/join-token.ts';
import type { Purpose } from '../doctor/finding.ts';

const DEFAULT_AGENT_PORT = 6444;

/** `pi-1`, `192.168.1.10` or `pi-1:7444`. @throws ConfigError for anything else. */
export function parseMasterAddress(text: string): string {
  const address = /:\d+$/.test(text) ? text : `${text}:${DEFAULT_AGENT_PORT}`;
  const parsed = parseHostPort(address);
  if (!parsed || text.includes('/') || text.startsWith(':')) {
    throw new ConfigError([
      `address: must be HOST or HOST:PORT of the master, as pi-1 or 192.168.1.10:6444, not "${text}"`,
    ]);
  }
  return address;
}

/** @throws ConfigError when it is no token. */
export function parseToken(text: string): JoinToken {
  try {
    return parseJoinToken(text);
  } catch (error) {
    throw new ConfigError([`token: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

/**
 * Looks whether the master is there and is the token's, and what its clock says. Nothing secret is sent.
 * @throws Error that says what to do when it is not.
 */
export async function probeMaster(address: string, token: JoinToken): Promise<Purpose['masterClock']> {
  const caPem = await fetchCa(address, token.caHash).catch((cause: Error) => {
    const hint = `is the master running ('bramble status' there), is the address right, does a firewall keep port ${address.split(':').at(-1)} closed?`;
    throw new Error(`no master answers at ${address} (${cause.message}): ${hint}`, { cause });
  });
  if (!caPem) {
    const hint = 'check the address, or make a token on that master: bramble token create';
    throw new Error(`the token is of another cluster than the master at ${address} (its CA is another one): ${hint}`);
  }
  return readClock(address);
}

/** The `date` header of any answer. Certificates are not looked at: they are what a wrong clock spoils. */
function readClock(address: string): Promise<Purpose['masterClock']> {
  return new Promise((resolve) => {
    const session = connect(`https://${address}`, { rejectUnauthorized: false });
    const finish = (date: string | undefined) => {
      session.destroy();
      const masterMs = Date.parse(date ?? '');
      resolve(Number.isNaN(masterMs) ? undefined : { masterMs, ownMs: Date.now() });
    };
    session.once('error', () => finish(undefined));
    session.setTimeout(5000, () => finish(undefined));
    const asked = session.request({ ':path': '/' });
    asked.once('response', ({ date }) => finish(date));
    asked.once('error', () => finish(undefined));
    asked.end();
  });
}
