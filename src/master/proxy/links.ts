import { posix } from 'node:path';

/** How links of a proxied server are made to lead through the proxy. */
export interface LinkBase {
  /** Path of the proxied server's root, without a slash at its end. */
  readonly prefix: string;
  /** `address:port` of the server. */
  readonly serverHost: string;
  /** The Host that the client asked for, and the server was told. */
  readonly requestHost: string;
}

const URL_PARTS = /^(?<origin>(?:[a-z][a-z0-9+.-]*:)?\/\/(?<host>[^/?#\\]*))?(?<path>[^?#]*)(?<rest>.*)$/is;

/**
 * A link to an absolute path of the same server, led through the proxy; any other as it is. The API server's own name stays, the
 * pod's address goes. Source: apimachinery, proxy.Transport.rewriteURL.
 */
export function rewriteUrl(url: string, { prefix, serverHost, requestHost }: LinkBase): string {
  const { origin = '', host = '', path = '', rest = '' } = URL_PARTS.exec(url)?.groups ?? {};
  const isElsewhere = host !== '' && host !== serverHost && host !== requestHost;
  if (isElsewhere || !path.startsWith('/')) return url;
  const kept = host === requestHost ? origin : '';
  if (path.startsWith(prefix)) return `${kept}${path}${rest}`;
  return `${kept}${prefix}${posix.normalize(path)}${rest}`;
}
