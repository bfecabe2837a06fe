import { SCALE_SUBRESOURCE } from '../../../api/kinds/scale.ts';
import type { KindDefinition } from '../../../api/registry.ts';
import type { KindTable } from '../kind-table.ts';
import { VIRTUAL_RESOURCES } from '../virtual-resources.ts';

/** A subresource as discovery shows it. */
interface ListedSubresource {
  readonly name: string;
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly verbs: readonly string[];
}

/** A resource as discovery shows it. */
export interface ListedResource {
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly ListedSubresource[];
}

export interface ListedVersion {
  readonly group: string;
  readonly version: string;
  readonly resources: readonly ListedResource[];
}

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const STATUS_VERBS = ['get', 'patch', 'update'];

/** All that is served, by group version, in the order of the kinds: the first to offer a short name wins it. */
export function listVersions(kinds: KindTable): ListedVersion[] {
  const versions = new Map<string, { group: string; version: string; resources: ListedResource[] }>();
  const versionOf = (group: string, version: string) => {
    const key = `${group}/${version}`;
    const entry = versions.get(key) ?? { group, version, resources: [] };
    versions.set(key, entry);
    return entry;
  };
  for (const kind of kinds.all) versionOf(kind.group, kind.version).resources.push(listed(kind));
  for (const { group, version, plural, singular, kind, namespaced } of VIRTUAL_RESOURCES) {
    const resource = { plural, singular, kind, namespaced, verbs: ['create'] };
    versionOf(group, version).resources.push({ ...resource, shortNames: [], categories: [], subresources: [] });
  }
  return [...versions.values()];
}

function listed(kind: KindDefinition): ListedResource {
  const own = { kind: kind.kind, group: kind.group, version: kind.version };
  const listedByKind = [...(kind.subresources ?? []), ...(kind.scale ? [SCALE_SUBRESOURCE] : [])];
  const extra = listedByKind.map(({ name, kind: subKind, group, version, verbs }) => ({
    name,
    kind: subKind,
    group: group ?? kind.group,
    version: version ?? kind.version,
    verbs,
  }));
  const engine = engineSubresources(kind).filter(({ name }) => !extra.some((one) => one.name === name));
  return {
    plural: kind.plural,
    singular: kind.singular,
    kind: kind.kind,
    namespaced: kind.namespaced,
    verbs: kind.verbs ? [...kind.verbs].sort() : ALL_VERBS,
    shortNames: kind.shortNames ?? [],
    categories: kind.categories ?? [],
    subresources: [...extra, ...engine, ...(kind.hasStatus ? [{ ...own, name: 'status', verbs: STATUS_VERBS }] : [])],
  };
}

/** Subresources that the engine serves by itself. */
function engineSubresources(kind: KindDefinition): ListedSubresource[] {
  if (kind.group !== '') return [];
  if (kind.plural === 'namespaces') {
    return [{ name: 'finalize', kind: 'Namespace', group: '', version: 'v1', verbs: ['update'] }];
  }
  if (kind.plural !== 'pods') return [];
  return [
    { name: 'binding', kind: 'Binding', group: '', version: 'v1', verbs: ['create'] },
    { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
  ];
}
