import { NODE } from '../../api/kinds/node.ts';
import { ApiError, badRequest, forbidden } from '../../api/meta/errors.ts';
import { checkDns1123Subdomain } from '../../api/meta/validation.ts';
import type { Node } from '../../api/types.ts';
import type { Clock, Millis } from '../../lib/clock.ts';
import { parseJoinToken } from '../../lib/join-token.ts';
import { KeyedLock } from '../../lib/keyed-lock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { CertificateResponse, EnrollRequest, RecoverRequest, RenewRequest } from '../../rpc/messages.ts';
import type { EnrollmentHandler, Peer } from '../../rpc/server.ts';
import { type CertificateAuthority, keyHash } from '../pki/certificate-authority.ts';
import { publicKeyOfRequest } from '../pki/certificate-request.ts';
import type { JoinTokens } from '../pki/join-tokens.ts';
import type { EventRecorder, ResourceClient } from '../resource-client.ts';
import { replacedEvent } from './node-events.ts';
import { candidateNames, isFree, isSilent, nameTaken, stillThere } from './node-names.ts';
import { KEY_ANNOTATION } from './node-plan.ts';

/** How long a name is kept for a key that has enrolled and not come yet: its Node is made by its first session. */
const RESERVED_MS = 60_000;

/** Others write to a Node too: its status, its taints. */
const HAND_OVER_TRIES = 5;

export interface EnrollmentOptions {
  readonly ca: CertificateAuthority;
  readonly tokens: JoinTokens;
  readonly client: Pick<ResourceClient, 'get' | 'update'>;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Turns a join token and a public key into a node's certificate. The key is the identity: one name, one key. */
export class Enrollment implements EnrollmentHandler {
  readonly #options: EnrollmentOptions;
  /** Two machines that ask for one name at the same moment are answered one after the other. */
  readonly #lock = new KeyedLock<'names'>();
  readonly #reserved = new Map<string, { readonly key: string; readonly until: Millis }>();

  constructor(options: EnrollmentOptions) {
    this.#options = options;
  }

  /**
   * @throws ApiError Unauthorized (the token), BadRequest (name or request), Conflict (another key holds the name).
   */
  async enroll(request: EnrollRequest, address: string): Promise<CertificateResponse> {
    const { tokens, ca, log } = this.#options;
    const { id, secret } = parse(request.token);
    const token = await tokens.verify(id, secret);
    const problems = checkDns1123Subdomain(request.nodeName);
    if (problems.length > 0) throw badRequest(`node name "${request.nodeName}": ${problems.join(', ')}`);
    const publicKey = await publicKeyOfRequest(request.csrPem);
    const key = keyHash(publicKey);
    return this.#lock.run('names', async () => {
      const { nodeName, isReplacing } = await this.#choose(request, key);
      await tokens.use(token, { keyHash: key, nodeName });
      if (isReplacing) await this.#handOver(nodeName, { key, address });
      this.#reserve(nodeName, key);
      log.info({ node: nodeName, address, token: id, isReplacing }, 'node enrolled');
      return { certificatePem: await ca.issueNode(nodeName, publicKey), caPem: ca.caPem, nodeName };
    });
  }

  /** A new certificate for the same key. @throws ApiError Forbidden for another one: that takes a token. */
  async renew(peer: Peer, request: RenewRequest): Promise<CertificateResponse> {
    const { ca, log } = this.#options;
    const publicKey = await publicKeyOfRequest(request.csrPem);
    if (keyHash(publicKey) !== peer.keyHash) {
      throw forbidden(NODE, peer.nodeName, 'a certificate is renewed for its own key only');
    }
    const node = await this.#find(peer.nodeName);
    if (node && !isFree(node, peer.keyHash)) throw nameTaken(peer.nodeName);
    log.info({ node: peer.nodeName }, 'node certificate renewed');
    return { certificatePem: await ca.issueNode(peer.nodeName, publicKey), caPem: ca.caPem };
  }

  /**
   * A new certificate for a node whose old one has expired, say after a year in a drawer.
   * @throws ApiError Unauthorized when it is not of our CA and of the key that signed the request, or the Node has another key or is gone.
   */
  async recover(request: RecoverRequest, address: string): Promise<CertificateResponse> {
    const { ca, log } = this.#options;
    const publicKey = await publicKeyOfRequest(request.csrPem);
    const nodeName = ca.nodeOf(request.certificatePem, publicKey);
    if (nodeName === undefined) throw unrecoverable('the certificate is not one of this cluster for this key');
    const node = await this.#find(nodeName);
    if (node?.metadata.annotations?.[KEY_ANNOTATION] !== keyHash(publicKey)) {
      throw unrecoverable(`the cluster has no node "${nodeName}" with this key any more`);
    }
    log.info({ node: nodeName, address }, 'node certificate renewed after it had expired');
    return { certificatePem: await ca.issueNode(nodeName, publicKey), caPem: ca.caPem, nodeName };
  }

  /** The name this key gets, and whether it takes that over from another. @throws ApiError Conflict */
  async #choose(request: EnrollRequest, key: string): Promise<{ nodeName: string; isReplacing: boolean }> {
    const { nodeName: wanted, mayRename = false, replace = false } = request;
    if (replace) {
      const node = await this.#find(wanted);
      if (!node || isFree(node, key)) return { nodeName: wanted, isReplacing: false };
      if (!isSilent(node)) throw stillThere(wanted);
      return { nodeName: wanted, isReplacing: true };
    }
    for (const nodeName of candidateNames(wanted, key, mayRename)) {
      const node = await this.#find(nodeName);
      if (node ? isFree(node, key) : this.#isUnreserved(nodeName, key)) return { nodeName, isReplacing: false };
    }
    throw nameTaken(wanted);
  }

  /** Labels, taints and pods stay with the name; the old key is a stranger from here on. */
  async #handOver(name: string, { key, address }: { key: string; address: string }): Promise<void> {
    for (let tries = 1; ; tries++) {
      const node = await this.#options.client.get(NODE, { namespace: '', name });
      if (!isSilent(node)) throw stillThere(name);
      const annotations = { ...node.metadata.annotations, [KEY_ANNOTATION]: key };
      try {
        await this.#options.client.update(NODE, { ...node, metadata: { ...node.metadata, annotations } });
        this.#options.events.record(node, replacedEvent(node, address));
        return;
      } catch (error) {
        const isStale = error instanceof ApiError && error.reason === 'Conflict';
        if (!isStale || tries === HAND_OVER_TRIES) throw error;
      }
    }
  }

  #isUnreserved(name: string, key: string): boolean {
    const held = this.#reserved.get(name);
    return !held || held.key === key || held.until <= this.#options.clock.now();
  }

  #reserve(name: string, key: string): void {
    const now = this.#options.clock.now();
    for (const [other, { until }] of this.#reserved) if (until <= now) this.#reserved.delete(other);
    this.#reserved.set(name, { key, until: now + RESERVED_MS });
  }

  async #find(name: string): Promise<Node | undefined> {
    try {
      const node = await this.#options.client.get(NODE, { namespace: '', name });
      this.#reserved.delete(name); // from here on it is the object that holds the name
      return node;
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'NotFound') return undefined;
      throw error;
    }
  }
}

function unrecoverable(why: string): ApiError {
  return new ApiError('Unauthorized', why);
}

function parse(token: string): { id: string; secret: string } {
  try {
    return parseJoinToken(token);
  } catch (cause) {
    throw new ApiError('Unauthorized', cause instanceof Error ? cause.message : String(cause), {}, { cause });
  }
}
