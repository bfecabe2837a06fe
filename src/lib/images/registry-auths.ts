import type { Secret } from '../../api/types.ts';
import type { ImageReference } from './reference.ts';

export interface RegistryAuth {
  readonly username: string;
  readonly password: string;
  readonly serverAddress: string;
}

interface AuthEntry {
  readonly username?: unknown;
  readonly password?: unknown;
  readonly auth?: unknown;
}

/**
 * Credentials in a pod's imagePullSecrets that fit an image, the most specific first; [] when none do. A Secret that
 * cannot be read gives none: another one may still fit, and the pull's own failure says so else.
 * Source of matching: Kubernetes documentation, "Images", "Interpretation of config.json".
 */
export function registryAuths(
  secrets: readonly Secret[],
  { registry, repository }: Pick<ImageReference, 'registry' | 'repository'>,
): RegistryAuth[] {
  return secrets
    .flatMap(entries)
    .filter(([pattern]) => matches(parsePattern(pattern), registry, repository))
    .sort(([a], [b]) => b.length - a.length)
    .map(([serverAddress, entry]) => toAuth(serverAddress, entry))
    .filter((auth) => auth !== undefined);
}

function entries(secret: Secret): [string, AuthEntry][] {
  const current = decode(secret.data?.['.dockerconfigjson']);
  const legacy = decode(secret.data?.['.dockercfg']);
  return [...Object.entries(asRecord(asRecord(current).auths)), ...Object.entries(asRecord(legacy))].map(
    ([pattern, entry]) => [pattern, asRecord(entry)],
  );
}

function decode(base64: unknown): unknown {
  if (typeof base64 !== 'string') return undefined;
  try {
    return JSON.parse(Buffer.from(base64, 'base64').toString());
  } catch {
    return undefined; // not JSON: see registryAuths
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function toAuth(serverAddress: string, entry: AuthEntry): RegistryAuth | undefined {
  const { username, password, auth } = entry;
  if (typeof username === 'string' && typeof password === 'string') return { username, password, serverAddress };
  if (typeof auth !== 'string') return undefined;
  const text = Buffer.from(auth, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, ''), serverAddress };
}

interface Pattern {
  readonly host: string;
  readonly path: string;
}

/** `https://index.docker.io/v1/`, `*.example.com`, `example.com:5000/team`: the scheme and API version say nothing. */
function parsePattern(text: string): Pattern {
  const bare = text.replace(/^https?:\/\//, '').replace(/\/$/, '');
  const slash = bare.indexOf('/');
  const host = slash < 0 ? bare : bare.slice(0, slash);
  const path = slash < 0 ? '' : bare.slice(slash + 1).replace(/^v[12](\/|$)/, '');
  return { host: host === 'index.docker.io' ? 'docker.io' : host, path };
}

/** Hosts match label by label with `*` inside one, ports exactly, paths as a prefix of whole components. */
function matches({ host, path }: Pattern, registry: string, repository: string): boolean {
  if (path !== '' && repository !== path && !repository.startsWith(`${path}/`)) return false;
  const [wanted = '', wantedPort] = host.split(':');
  const [actual = '', actualPort] = registry.split(':');
  if (wantedPort !== actualPort) return false;
  const labels = wanted.split('.');
  const actualLabels = actual.split('.');
  return labels.length === actualLabels.length && labels.every((label, i) => glob(label, actualLabels[i] ?? ''));
}

function glob(pattern: string, text: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
    .join('[^.]*');
  return new RegExp(`^${source}$`).test(text);
}
