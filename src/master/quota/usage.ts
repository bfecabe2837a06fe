import { isExtended } from '../../api/kinds/pod/validation/resources.ts';
import { COUNTED_BY_NAME, LOAD_BALANCERS, NODE_PORTS } from '../../api/kinds/resource-quota/resource-names.ts';
import type { Quantity } from '../../api/meta/quantity.ts';
import type { KindDefinition } from '../../api/registry.ts';
import type { KubeObject, Pod, Service } from '../../api/types.ts';
import type { Millis } from '../../lib/clock.ts';
import { type Amounts, addAmounts, amountOf, countOf, ONE, parseAmounts } from './amounts.ts';
import { podAmounts } from './pod-amounts.ts';

const COMPUTE = new Set(['cpu', 'memory', 'ephemeral-storage']);
const HUGE_PAGES = 'hugepages-';
const OF_A_CLASS = '.storageclass.storage.k8s.io/';
const POD_RESOURCE =
  /^(count\/pods|pods|((requests|limits)\.)?(cpu|memory|ephemeral-storage)|(requests\.)?hugepages-.*)$/;
const CLAIM_RESOURCE =
  /^(requests\.storage|.+\.storageclass\.storage\.k8s\.io\/(requests\.storage|persistentvolumeclaims))$/;

interface Claim extends KubeObject {
  readonly spec?: {
    readonly storageClassName?: string;
    readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
  };
}

function isCore(kind: KindDefinition, plural: string): boolean {
  return kind.group === '' && kind.plural === plural;
}

/** Whether objects of this kind can use what a quota names so. */
export function isCounted(kind: KindDefinition, resource: string): boolean {
  if (namesOf(kind).includes(resource)) return true;
  if (isCore(kind, 'pods')) return POD_RESOURCE.test(resource) || isExtendedRequest(resource);
  if (isCore(kind, 'services')) return resource === NODE_PORTS || resource === LOAD_BALANCERS;
  return isCore(kind, 'persistentvolumeclaims') && CLAIM_RESOURCE.test(resource);
}

function isExtendedRequest(resource: string): boolean {
  return resource.startsWith('requests.') && isExtended(resource.slice('requests.'.length));
}

/** The names under which the number of a kind's objects is limited. */
function namesOf({ group, plural }: KindDefinition): string[] {
  const counted = `count/${plural}${group ? `.${group}` : ''}`;
  return group === '' && COUNTED_BY_NAME.includes(plural) ? [counted, plural] : [counted];
}

/**
 * What one object uses of a quota. Source: quota/v1/evaluator/core.
 * @param now a pod that is past its grace period uses nothing but its place in the store.
 */
export function usageOf(kind: KindDefinition, object: KubeObject, now: Millis): Amounts {
  if (isCore(kind, 'pods')) return podUsage(object as Pod, now);
  const counts: Amounts = new Map(namesOf(kind).map((name) => [name, ONE]));
  if (isCore(kind, 'services')) return addAmounts(counts, serviceUsage(object as Service));
  if (isCore(kind, 'persistentvolumeclaims')) return addAmounts(counts, claimUsage(object as Claim));
  return counts;
}

function podUsage(pod: Pod, now: Millis): Amounts {
  const place: Amounts = new Map([['count/pods', ONE]]);
  if (hasEnded(pod, now)) return place;
  const usage = new Map<string, Quantity>([...place, ['pods', ONE]]);
  for (const [name, amount] of podAmounts(pod, 'requests')) {
    if (COMPUTE.has(name) || name.startsWith(HUGE_PAGES)) usage.set(name, amount).set(`requests.${name}`, amount);
    else if (isExtended(name)) usage.set(`requests.${name}`, amount);
  }
  for (const [name, amount] of podAmounts(pod, 'limits')) {
    if (COMPUTE.has(name)) usage.set(`limits.${name}`, amount);
  }
  return usage;
}

/**
 * What objects of a cache use, each reckoned once: they are never changed, only replaced. Not of what is being deleted, whose
 * usage ends with time.
 */
export class Usages {
  readonly #known = new WeakMap<KubeObject, Amounts>();

  of(kind: KindDefinition, object: KubeObject, now: Millis): Amounts {
    const known = this.#known.get(object);
    if (known) return known;
    const usage = usageOf(kind, object, now);
    if (!object.metadata.deletionTimestamp) this.#known.set(object, usage);
    return usage;
  }
}

/** Ended, or deleted for longer than it was given: its resources are free. */
function hasEnded({ metadata, status }: Pod, now: Millis): boolean {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return true;
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  if (!deletionTimestamp || deletionGracePeriodSeconds === undefined) return false;
  return now > Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
}

function serviceUsage({ spec }: Service): Amounts {
  const { type, ports = [], allocateLoadBalancerNodePorts } = spec;
  const isBalanced = type === 'LoadBalancer';
  const given = ports.filter(({ nodePort }) => nodePort).length;
  const balanced = allocateLoadBalancerNodePorts === false ? given : ports.length;
  const nodePorts = type === 'NodePort' ? ports.length : isBalanced ? balanced : 0;
  return new Map([
    [NODE_PORTS, countOf(nodePorts)],
    [LOAD_BALANCERS, countOf(isBalanced ? 1 : 0)],
  ]);
}

function claimUsage({ spec, metadata }: Claim): Amounts {
  const storage = amountOf(parseAmounts(spec?.resources?.requests), 'storage');
  // The annotation is the name's old place.
  const className = metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName;
  const own: [string, Quantity][] = className
    ? [
        [`${className}${OF_A_CLASS}requests.storage`, storage],
        [`${className}${OF_A_CLASS}persistentvolumeclaims`, ONE],
      ]
    : [];
  return new Map([['requests.storage', storage], ...own]);
}
