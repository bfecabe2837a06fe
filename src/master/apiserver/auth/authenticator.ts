import type { IncomingHttpHeaders } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { ApiError } from '../../../api/meta/errors.ts';
import { GROUP_AUTHENTICATED, type UserInfo } from './user.ts';

/** Knows bearer tokens. @returns undefined for a token that is not its own, or no longer valid. */
export interface TokenAuthenticator {
  authenticate(token: string, signal: AbortSignal): Promise<UserInfo | undefined>;
}

/** The subject of a client certificate that our CA vouches for. */
export interface CertificateIdentity {
  readonly commonName: string;
  readonly organizations: readonly string[];
}

function unauthorized(): ApiError {
  return new ApiError('Unauthorized', 'Unauthorized');
}

/** A connection's client stays the same one; to read its certificate takes longer than many a request. */
const IDENTITIES = new WeakMap<TLSSocket, CertificateIdentity>();

/** What TLS found out about the client: undefined without a certificate, or with one of another CA. */
export function certificateIdentity(socket: TLSSocket): CertificateIdentity | undefined {
  const known = IDENTITIES.get(socket);
  if (known || !socket.authorized) return known;
  const { CN, O = [] } = socket.getPeerCertificate().subject ?? {};
  const commonName = Array.isArray(CN) ? CN[0] : CN;
  if (!commonName) return undefined;
  const identity = { commonName, organizations: Array.isArray(O) ? O : [O] };
  IDENTITIES.set(socket, identity);
  return identity;
}

/** Certificate first, then each token authenticator in turn. Nobody is anonymous. */
export class Authenticator {
  readonly #tokens: readonly TokenAuthenticator[];

  constructor(tokens: readonly TokenAuthenticator[]) {
    this.#tokens = tokens;
  }

  /** @throws ApiError Unauthorized. */
  async authenticate(
    identity: CertificateIdentity | undefined,
    headers: IncomingHttpHeaders,
    signal: AbortSignal,
  ): Promise<UserInfo> {
    if (identity) return authenticated({ name: identity.commonName, groups: identity.organizations });
    const token = bearerToken(headers.authorization);
    if (token) {
      for (const tokens of this.#tokens) {
        const user = await tokens.authenticate(token, signal);
        if (user) return authenticated(user);
      }
    }
    throw unauthorized();
  }
}

/** @returns undefined when the header is absent or of another scheme. */
export function bearerToken(header: string | undefined): string | undefined {
  const [scheme = '', token = ''] = (header ?? '').trim().split(/\s+/);
  return scheme.toLowerCase() === 'bearer' && token ? token : undefined;
}

function authenticated(user: UserInfo): UserInfo {
  if (user.groups.includes(GROUP_AUTHENTICATED)) return user;
  return { ...user, groups: [...user.groups, GROUP_AUTHENTICATED] };
}
