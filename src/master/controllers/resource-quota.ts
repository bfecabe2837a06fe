import { isDeepStrictEqual } from 'node:util';
import { RESOURCE_QUOTA } from '../../api/kinds/resource-quota.ts';
import { type KindDefinition, keyOf, type ObjectKey } from '../../api/registry.ts';
import type { KubeObject, ResourceQuota } from '../../api/types.ts';
import type { Millis } from '../../lib/clock.ts';
import { amountsRecord } from '../quota/amounts.ts';
import { limitedOf, type Objects, usedOf } from '../quota/judge.ts';
import { Usages } from '../quota/usage.ts';
import type { ControllerParts, Reconciler } from './controller.ts';
import { ignoring } from './ignore-errors.ts';

export type Action = { readonly do: 'setStatus'; readonly status: NonNullable<ResourceQuota['status']> };

/** Decides whether a quota's status says what it limits and what is used of that. @param all of the quota's namespace */
export function plan(quota: ResourceQuota, all: readonly Objects[], now: Millis, usages = new Usages()): Action[] {
  const status = { hard: { ...quota.spec.hard }, used: amountsRecord(usedOf(quota, all, now, usages)) };
  return isDeepStrictEqual(quota.status, status) ? [] : [{ do: 'setStatus', status }];
}

/** Keeps status.hard and status.used of quotas; what holds people to them is admission. @param kinds that quotas may count */
export function resourceQuotaController(
  { client, cache, clock }: ControllerParts,
  kinds: readonly KindDefinition[],
): Reconciler {
  const usages = new Usages();
  const counted = kinds.filter(({ namespaced }) => namespaced);
  const quotasThatCount = (kind: KindDefinition) => (object: KubeObject) =>
    cache
      .list(RESOURCE_QUOTA, object.metadata.namespace)
      .filter((quota) => limitedOf(quota, kind).length > 0)
      .map(keyOf);
  const objectsFor = (quota: ResourceQuota, { namespace }: ObjectKey): Objects[] =>
    counted
      .filter((kind) => limitedOf(quota, kind).length > 0)
      .map((kind) => ({ kind, objects: cache.list(kind, namespace) }));
  return {
    name: 'resourcequota-controller',
    watches: [{ kind: RESOURCE_QUOTA }, ...counted.map((kind) => ({ kind, keysOf: quotasThatCount(kind) }))],
    async reconcile(key) {
      const quota = cache.get(RESOURCE_QUOTA, key);
      if (!quota || quota.metadata.deletionTimestamp) return undefined;
      for (const { status } of plan(quota, objectsFor(quota, key), clock.now(), usages)) {
        const update = client.update(RESOURCE_QUOTA, { ...quota, status }, { subresource: 'status' });
        // Somebody changed it: that change wakes us again.
        await ignoring(['NotFound', 'Conflict'], update);
      }
      return undefined;
    },
  };
}
