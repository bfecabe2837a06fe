import { X509Certificate } from 'node:crypto';
import { ApiError } from '../../api/meta/errors.ts';
import type { Clock, Millis } from '../../lib/clock.ts';
import { type JoinToken, parseJoinToken } from '../../lib/join-token.ts';
import type { Logger } from '../../lib/logger.ts';
import { RpcClient } from '../../rpc/client.ts';
import { fetchCa, findPinned } from './fetch-ca.ts';
import {
  certificateRequest,
  type EnrolledIdentity,
  type Identity,
  type IdentityStore,
  isOwn,
  nodeNameOf,
} from './identity.ts';
import { Retry } from './retry.ts';

/** Joining failed in a way that waiting does not heal. The message says what to do; the agent exits with it. */
export class EnrollmentError extends Error {
  override readonly name = 'EnrollmentError';
}

export interface EnrollOptions {
  /** `host:port` of one or more masters of the same cluster. */
  readonly masters: readonly string[];
  /** What `bramble token create` printed; undefined is fine for a node that has joined already. */
  readonly token: string | undefined;
  readonly nodeName: string;
  /** Nobody chose the name: the one that this node has joined under counts, and the master may add to it when another machine has it. */
  readonly mayRename?: boolean;
  /** This machine was set up anew and takes its old name over from its old key. */
  readonly replace?: boolean;
  readonly store: IdentityStore;
  readonly clock: Clock;
  readonly log: Logger;
}

export const HOW_TO_GET_A_TOKEN =
  'run `bramble token create` on the master, then `bramble join ADDRESS --token TOKEN` here';

/** Year 2024: a clock before it was never set. */
const SENSIBLE_SINCE: Millis = Date.UTC(2024, 0, 1);

/** A sentence for errors that a wrong clock explains; '' when it does not. */
export function clockHint(error: unknown, now: Millis): string {
  const text = error instanceof Error ? error.message : String(error);
  const isNotYet = /not yet valid|NOT_YET_VALID/i.test(text);
  const isExpired = /certificate has expired|CERT_HAS_EXPIRED/i.test(text);
  if (!isNotYet && !isExpired && now >= SENSIBLE_SINCE) return '';
  const clock = new Date(now).toISOString();
  return ` (this machine's clock says ${clock}: set it, \`timedatectl set-ntp true\`, if that is wrong)`;
}

/** @throws EnrollmentError when it is no token. */
function parseToken(text: string): JoinToken {
  try {
    return parseJoinToken(text);
  } catch (error) {
    throw new EnrollmentError(error instanceof Error ? error.message : String(error));
  }
}

/** Whether a token is of another cluster than the identity: the machine is to move there, or its master was set up anew. */
function isOfOtherCluster(token: JoinToken, caPem: string): boolean {
  return findPinned([new X509Certificate(caPem)], token.caHash) === undefined;
}

/** @throws EnrollmentError for what waiting does not heal, any other error for what it may. */
async function enrollAt(
  address: string,
  options: EnrollOptions & { readonly joinToken: JoinToken; readonly identity: Identity },
): Promise<EnrolledIdentity> {
  const { joinToken, nodeName, mayRename, replace, identity, store } = options;
  const caPem = await fetchCa(address, joinToken.caHash);
  if (!caPem) {
    throw new EnrollmentError(
      `${address} is not the master that the join token is for (its CA is another one): check the address, or ${HOW_TO_GET_A_TOKEN}`,
    );
  }
  const client = new RpcClient({ address, caPem });
  try {
    const csrPem = await certificateRequest(identity.keyPem, nodeName);
    const answer = await client.enroll({ token: options.token ?? '', nodeName, csrPem, mayRename, replace });
    await store.save({ certPem: answer.certificatePem, caPem });
    return { keyPem: identity.keyPem, certPem: answer.certificatePem, caPem };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const isFinal = ['Unauthorized', 'Conflict', 'BadRequest', 'Forbidden', 'Invalid'].includes(error.reason);
    if (isFinal)
      throw new EnrollmentError(`${address} refused to enroll this node: ${error.message}`, { cause: error });
    throw error;
  } finally {
    client.close();
  }
}

/**
 * This node's identity: the one on disk when it is this node's, else a new certificate got with the join token. One that has expired is
 * as good: what was assigned can run, and the session gets it renewed by the key.
 * Masters that cannot be reached are tried again until one answers.
 * @throws EnrollmentError when the token (or its lack), the node's name or the master's CA is wrong; the signal's reason when aborted.
 */
export async function ensureEnrolled(options: EnrollOptions, signal: AbortSignal): Promise<EnrolledIdentity> {
  const { masters, store, mayRename, clock, log } = options;
  const identity = await store.load();
  const joinToken = options.token ? parseToken(options.token) : undefined;
  const nodeName = (mayRename && nodeNameOf(identity.certPem)) || options.nodeName;
  const isKept = isOwn(identity, nodeName);
  if (isKept && !(joinToken && isOfOtherCluster(joinToken, identity.caPem))) return identity;
  if (!joinToken) {
    const why = identity.certPem
      ? `this node's certificate cannot be used (it is of another node name than "${nodeName}", or of another key)`
      : 'this node has not joined a cluster yet';
    throw new EnrollmentError(`${why}: ${HOW_TO_GET_A_TOKEN}${clockHint(undefined, clock.now())}`);
  }
  const retry = new Retry(clock);
  while (true) {
    for (const address of masters) {
      try {
        const enrolled = await enrollAt(address, { ...options, nodeName, joinToken, identity });
        log.info({ node: nodeNameOf(enrolled.certPem), master: address }, 'joined the cluster');
        return enrolled;
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof EnrollmentError) throw error;
        const hint = clockHint(error, clock.now());
        log.warn({ master: address, err: error }, `cannot enroll yet; will try again${hint}`);
      }
    }
    await retry.wait(signal);
  }
}

/**
 * Joins anew with the token that the agent was started with, at one master: the certificate had expired, and the key alone did not do.
 * @throws EnrollmentError for what waiting does not heal, any other error for what it may.
 */
export async function enrollAgain(address: string, options: EnrollOptions & { readonly token: string }) {
  const identity = await options.store.load();
  return enrollAt(address, { ...options, joinToken: parseToken(options.token), identity });
}
