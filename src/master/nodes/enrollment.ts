import { NODE } from '../../api/kinds/node.ts';
import { ApiError, badRequest, forbidden } from '../../api/meta/errors.ts';
import { checkDns1123Subdomain } from '../../api/meta/validation.ts';
import { parseJoinToken } from '../../lib/join-token.ts';
import type { Logger } from '../../lib/logger.ts';
import type { CertificateResponse, EnrollRequest, RenewRequest } from '../../rpc/messages.ts';
import type { EnrollmentHandler, Peer } from '../../rpc/server.ts';
import { type CertificateAuthority, keyHash } from '../pki/certificate-authority.ts';
import { publicKeyOfRequest } from '../pki/certificate-request.ts';
import type { JoinTokens } from '../pki/join-tokens.ts';
import type { ResourceClient } from '../resource-client.ts';
import { checkNodeKey } from './node-registry.ts';

/** Turns a join token and a public key into a node's certificate. The key is the identity: one name, one key. */
export class Enrollment implements EnrollmentHandler {
  readonly #ca: CertificateAuthority;
  readonly #tokens: JoinTokens;
  readonly #client: Pick<ResourceClient, 'get'>;
  readonly #log: Logger;

  constructor(options: {
    readonly ca: CertificateAuthority;
    readonly tokens: JoinTokens;
    readonly client: Pick<ResourceClient, 'get'>;
    readonly log: Logger;
  }) {
    this.#ca = options.ca;
    this.#tokens = options.tokens;
    this.#client = options.client;
    this.#log = options.log;
  }

  /**
   * @throws ApiError Unauthorized (the token), BadRequest (name or request), Conflict (another key holds the name).
   */
  async enroll(request: EnrollRequest, address: string): Promise<CertificateResponse> {
    const { id, secret } = this.#parse(request.token);
    await this.#tokens.verify(id, secret);
    const { nodeName } = request;
    const problems = checkDns1123Subdomain(nodeName);
    if (problems.length > 0) throw badRequest(`node name "${nodeName}": ${problems.join(', ')}`);
    const publicKey = await publicKeyOfRequest(request.csrPem);
    await this.#checkName(nodeName, keyHash(publicKey));
    this.#log.info({ node: nodeName, address, token: id }, 'node enrolled');
    return { certificatePem: await this.#ca.issueNode(nodeName, publicKey), caPem: this.#ca.caPem };
  }

  /** A new certificate for the same key. @throws ApiError Forbidden for another one: that takes a token. */
  async renew(peer: Peer, request: RenewRequest): Promise<CertificateResponse> {
    const publicKey = await publicKeyOfRequest(request.csrPem);
    if (keyHash(publicKey) !== peer.keyHash) {
      throw forbidden(NODE, peer.nodeName, 'a certificate is renewed for its own key only');
    }
    await this.#checkName(peer.nodeName, peer.keyHash);
    this.#log.info({ node: peer.nodeName }, 'node certificate renewed');
    return { certificatePem: await this.#ca.issueNode(peer.nodeName, publicKey), caPem: this.#ca.caPem };
  }

  #parse(token: string): { id: string; secret: string } {
    try {
      return parseJoinToken(token);
    } catch (cause) {
      throw new ApiError('Unauthorized', cause instanceof Error ? cause.message : String(cause), {}, { cause });
    }
  }

  async #checkName(name: string, hash: string): Promise<void> {
    try {
      const node = await this.#client.get(NODE, { namespace: '', name });
      checkNodeKey(node, hash);
    } catch (error) {
      if (!(error instanceof ApiError && error.reason === 'NotFound')) throw error;
    }
  }
}
