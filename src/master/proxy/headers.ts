import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/** Of one connection, not of the request (RFC 9110, 7.6.1; Go's ReverseProxy). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** What the API server itself has read, and answered: a pod must not see the caller's credentials. */
const OWN = new Set(['authorization', 'expect', 'http2-settings']);
/** Whom a page may be read by the API server does not let a pod decide (kube-apiserver, corsRemovingTransport). */
const CORS = new Set([
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
]);

export interface ForwardedRequest {
  readonly headers: IncomingHttpHeaders;
  /** The client's. */
  readonly remoteAddress: string;
  /** The path as it was sent, without the query. */
  readonly path: string;
}

/** The headers that a server gets: the client's Host and all others but those of the connection and of authentication. */
export function requestHeaders({ headers, remoteAddress, path }: ForwardedRequest): OutgoingHttpHeaders {
  const kept = endToEnd(headers).filter(
    ([name]) => !name.startsWith(':') && !OWN.has(name) && !/^(impersonate-|x-remote-)/.test(name),
  );
  const address = remoteAddress.replace(/^::ffff:/, '');
  const before = headers['x-forwarded-for'];
  const forwardedFor = [before ?? [], address || []].flat().join(', ');
  return {
    ...Object.fromEntries(kept),
    host: headers.host ?? String(headers[':authority'] ?? ''),
    ...(forwardedFor ? { 'x-forwarded-for': forwardedFor } : {}),
    'x-forwarded-uri': path,
  };
}

/** The same of a request that asks for another protocol. */
export function upgradeHeaders(request: ForwardedRequest): OutgoingHttpHeaders {
  return { ...requestHeaders(request), connection: 'Upgrade', upgrade: request.headers.upgrade };
}

/** The headers that a client gets of a server's answer. */
export function responseHeaders(headers: IncomingHttpHeaders): [string, string | string[]][] {
  return endToEnd(headers).filter(([name]) => !CORS.has(name));
}

function endToEnd(headers: IncomingHttpHeaders): [string, string | string[]][] {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  return Object.entries(headers).flatMap(([name, value]): [string, string | string[]][] =>
    value === undefined || HOP_BY_HOP.has(name) || named.includes(name) ? [] : [[name, value]],
  );
}
