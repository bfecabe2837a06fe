import type { ListedResource, ListedVersion } from './resources.ts';

export type AggregatedVersion = 'v2' | 'v2beta1';

/** The media type that an aggregated answer must carry for clients to see that it is one. */
export function aggregatedMediaType(version: AggregatedVersion): string {
  return `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
}

/** GET /api (core: one item without a name) or /apis (all others), in one document with all resources. */
export function groupDiscoveryList(
  versions: readonly ListedVersion[],
  isCore: boolean,
  version: AggregatedVersion,
): object {
  const names = [...new Set(versions.map(({ group }) => group))].filter((group) => (group === '') === isCore);
  const items = names.map((name) => ({
    metadata: name ? { name, creationTimestamp: null } : { creationTimestamp: null },
    versions: versions
      .filter(({ group }) => group === name)
      .map((one) => ({
        version: one.version,
        freshness: 'Current',
        resources: one.resources.map((r) => entry(r, one)),
      })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
}

function entry(resource: ListedResource, { group, version }: ListedVersion): object {
  const { plural, singular, kind, namespaced, verbs, shortNames, categories, subresources } = resource;
  return {
    resource: plural,
    responseKind: { group, version, kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    ...(subresources.length > 0 ? { subresources: subresources.map(subEntry) } : {}),
  };
}

function subEntry({ name, kind, group, version, verbs }: ListedResource['subresources'][number]): object {
  return { subresource: name, responseKind: { group, version, kind }, verbs };
}

/** Which aggregated form an Accept header asks for first; undefined: the plain documents. */
export function aggregatedWanted(
  clauses: readonly { type: string; parameters: ReadonlyMap<string, string> }[],
): AggregatedVersion | undefined {
  for (const { type, parameters } of clauses) {
    if (type === 'application/json' && !parameters.has('as')) return undefined;
    if (type !== 'application/json' || parameters.get('g') !== 'apidiscovery.k8s.io') continue;
    if (parameters.get('as') !== 'APIGroupDiscoveryList') continue;
    const version = parameters.get('v');
    if (version === 'v2' || version === 'v2beta1') return version;
  }
  return undefined;
}
