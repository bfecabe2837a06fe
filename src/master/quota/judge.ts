import { addQuantity, compareQuantity } from '../../api/meta/quantity.ts';
import type { KindDefinition } from '../../api/registry.ts';
import type { Container, KubeObject, Pod, ResourceQuota } from '../../api/types.ts';
import type { Millis } from '../../lib/clock.ts';
import { type Amounts, addAmounts, amountOf, amountsText, parseAmounts, pickAmounts } from './amounts.ts';
import { isPodInScope, requirementsOf } from './scopes.ts';
import { isCounted, type Usages } from './usage.ts';

/** Compute resources that every container has to name where a quota limits them. */
const MUST_BE_NAMED = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']);

const NOTHING: Amounts = new Map();

/** Objects of one kind. */
export interface Objects {
  readonly kind: KindDefinition;
  readonly objects: readonly KubeObject[];
}

/** What a quota limits of this kind; empty when it is not about such objects. */
export function limitedOf(quota: ResourceQuota, kind: KindDefinition): string[] {
  return Object.keys(quota.spec.hard ?? {}).filter((name) => isCounted(kind, name));
}

/** Whether the object counts for the quota: it uses something of it, and is in all of its scopes (which pods alone can be). */
export function isAbout(quota: ResourceQuota, kind: KindDefinition, object: KubeObject): boolean {
  return limitedOf(quota, kind).length > 0 && isInScopes(quota, kind, object);
}

function isInScopes({ spec }: ResourceQuota, kind: KindDefinition, object: KubeObject): boolean {
  const requirements = requirementsOf(spec);
  if (requirements.length === 0) return true;
  const isPod = kind.group === '' && kind.plural === 'pods';
  return isPod && requirements.every((requirement) => isPodInScope(object as Pod, requirement));
}

/**
 * What is used of a quota, of each resource that it limits; what nothing uses is there, as zero.
 * @param usages remembers what was reckoned before.
 */
export function usedOf(quota: ResourceQuota, all: readonly Objects[], now: Millis, usages: Usages): Amounts {
  const names = Object.keys(quota.spec.hard ?? {});
  const used = new Map(names.map((name) => [name, amountOf(NOTHING, name)]));
  for (const { kind, objects } of all) {
    const limited = limitedOf(quota, kind);
    const counted = limited.length > 0 ? objects.filter((object) => isInScopes(quota, kind, object)) : [];
    for (const object of counted) {
      const usage = usages.of(kind, object, now);
      for (const name of limited) used.set(name, addQuantity(amountOf(used, name), amountOf(usage, name)));
    }
  }
  return used;
}

/**
 * Why an object may not be: a pod does not say what it needs although a quota asks for it.
 * @returns the sentence behind `failed quota: <name>: `; undefined when all is said.
 */
export function whatIsMissing(quota: ResourceQuota, kind: KindDefinition, object: KubeObject): string | undefined {
  if (kind.group !== '' || kind.plural !== 'pods') return undefined;
  const { containers, initContainers = [] } = (object as Pod).spec;
  const required = limitedOf(quota, kind).filter((name) => MUST_BE_NAMED.has(name));
  const missing = required.sort().flatMap((name) => {
    const silent = [...containers, ...initContainers].filter((container) => !names(container, name));
    return silent.length === 0 ? [] : [`${name} for: ${[...new Set(silent.map((one) => one.name))].sort().join(',')}`];
  });
  return missing.length === 0 ? undefined : `must specify ${missing.join('; ')}`;
}

/** @param resource `limits.cpu`; `cpu` is what is requested. */
function names({ resources }: Container, resource: string): boolean {
  const [list, name] = resource.includes('.') ? resource.split('.') : ['requests', resource];
  return name !== undefined && resources?.[list === 'limits' ? 'limits' : 'requests']?.[name] !== undefined;
}

/**
 * Whether `requested` fits on top of what is used.
 * @returns the sentence that refuses it; undefined when it fits.
 */
export function whyExceeded(quota: ResourceQuota, used: Amounts, requested: Amounts): string | undefined {
  const hard = parseAmounts(quota.spec.hard);
  const asked = new Map([...pickAmounts(requested, hard.keys())].filter(([, { nano }]) => nano > 0n));
  const sum = addAmounts(used, asked);
  const exceeded = [...asked.keys()].filter((name) => compareQuantity(amountOf(sum, name), amountOf(hard, name)) > 0);
  if (exceeded.length === 0) return undefined;
  const text = (amounts: Amounts) => amountsText(pickAmounts(amounts, exceeded));
  const usedThere = new Map(exceeded.map((name) => [name, amountOf(used, name)]));
  return `exceeded quota: ${quota.metadata.name}, requested: ${text(asked)}, used: ${text(usedThere)}, limited: ${text(hard)}`;
}
