/** The pure part of talking to registries: what their answers mean. */

export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

export function isIndex(manifest: Record<string, unknown>): boolean {
  return Array.isArray(manifest.manifests);
}

/** Attestations lie in an index as images for `unknown`. */
export function platformsOfIndex({ manifests }: Record<string, unknown>): string[] {
  const list: unknown[] = Array.isArray(manifests) ? manifests : [];
  const architectures = list.flatMap((entry) => {
    const { os, architecture } = asRecord(asRecord(entry).platform);
    return os === 'linux' && typeof architecture === 'string' && architecture !== 'unknown' ? [architecture] : [];
  });
  return [...new Set(architectures)].sort();
}

export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Reads `Bearer realm="https://auth.docker.io/token",service="registry.docker.io"`. Source: RFC 9110, 11.6.1. */
export function parseChallenge(header: string): Challenge {
  const [, scheme = '', rest = ''] = /^\s*([\w-]+)\s*(.*)$/s.exec(header) ?? [];
  const pairs = [...rest.matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)];
  return {
    scheme: scheme.toLowerCase(),
    parameters: Object.fromEntries(
      pairs.map(([, key = '', quoted, plain = '']) => [key.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain]),
    ),
  };
}
