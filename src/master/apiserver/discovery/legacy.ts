import { groupVersionText } from '../kind-table.ts';
import type { ListedResource, ListedVersion } from './resources.ts';

/** GET /api. @param address where clients reach this server: `192.168.1.5:6443`. */
export function apiVersions(address: string): object {
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: address }];
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs };
}

/** GET /apis. */
export function apiGroupList(versions: readonly ListedVersion[]): object {
  const names = [...new Set(versions.map(({ group }) => group))].filter((group) => group !== '');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: names.map((name) => groupOf(versions, name)) };
}

/** GET /apis/<group>. @returns undefined when nothing of it is served. */
export function apiGroup(versions: readonly ListedVersion[], group: string): object | undefined {
  if (!group || !versions.some((one) => one.group === group)) return undefined;
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(versions, group) };
}

function groupOf(versions: readonly ListedVersion[], name: string): object {
  const own = versions.filter(({ group }) => group === name);
  const entries = own.map((one) => ({ groupVersion: groupVersionText(one), version: one.version }));
  return { name, versions: entries, preferredVersion: entries[0] };
}

/** GET /api/v1 and /apis/<group>/<version>. */
export function apiResourceList(version: ListedVersion): object {
  const resources = version.resources.flatMap((resource) => [main(resource), ...subresources(resource, version)]);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: groupVersionText(version), resources };
}

function main(resource: ListedResource): object {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories } = resource;
  return {
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
  };
}

function subresources(resource: ListedResource, own: ListedVersion): object[] {
  return resource.subresources.map(({ name, kind, group, version, verbs }) => ({
    name: `${resource.plural}/${name}`,
    singularName: '',
    namespaced: resource.namespaced,
    // Only where the kind lives elsewhere: clients take the list's own otherwise.
    ...(group === own.group && version === own.version ? {} : { group, version }),
    kind,
    verbs,
  }));
}
