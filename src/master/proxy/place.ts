import { badRequest } from '../../api/meta/errors.ts';

/** Which object a proxied request goes to, and which path of it. */
export interface ProxyPlace {
  readonly resource: 'pods' | 'services' | 'nodes';
  /** The path up to and with `proxy`, as it was sent. */
  readonly prefix: string;
  /** What the server is asked for: '' or a path that begins with `/`, as it was sent. */
  readonly tail: string;
}

const PATH =
  /^(?<prefix>\/api\/v1\/(?:namespaces\/[^/]+\/(?<namespaced>pods|services)|nodes)\/[^/]+\/proxy)(?<tail>\/.*)?$/s;

/** @param path without the query. @returns undefined for the path of anything else. */
export function parseProxyPath(path: string): ProxyPlace | undefined {
  const { prefix, namespaced, tail = '' } = PATH.exec(path)?.groups ?? {};
  if (prefix === undefined) return undefined;
  return { resource: (namespaced as 'pods' | 'services' | undefined) ?? 'nodes', prefix, tail };
}

export interface ProxyName {
  readonly scheme: 'http' | 'https';
  readonly name: string;
  /** '' when none is named. */
  readonly port: string;
}

/**
 * `name`, `name:port` or `scheme:name:port`; the scheme may be empty.
 * @throws ApiError BadRequest in Kubernetes' words (apimachinery, SplitSchemeNamePort).
 */
export function parseProxyName(kind: 'pod' | 'service' | 'node', text: string): ProxyName {
  const parts = text.split(':');
  const [scheme = '', name = '', port = ''] = parts.length === 3 ? parts : ['', ...parts];
  const isScheme = scheme === '' || scheme === 'http' || scheme === 'https';
  if (parts.length > 3 || !isScheme || !name) throw badRequest(`invalid ${kind} request ${JSON.stringify(text)}`);
  return { scheme: scheme || 'http', name, port };
}
