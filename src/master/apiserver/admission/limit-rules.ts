import { compareQuantity, formatQuantity, type Quantity } from '../../../api/meta/quantity.ts';
import type { Container, KubeObject, LimitRange, LimitRangeItem, Pod } from '../../../api/types.ts';
import { type Amounts, parseAmounts } from '../../quota/amounts.ts';
import { containerAmounts, podAmounts } from '../../quota/pod-amounts.ts';

const ANNOTATION = 'kubernetes.io/limit-ranger';

/** What is asked for, and what may be had. */
interface Asked {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

interface Claim extends KubeObject {
  readonly spec?: { readonly resources?: { readonly requests?: Readonly<Record<string, string>> } };
}

/** One that was stored without its defaults may have none, and then limits nothing. */
function limitsOf({ spec }: LimitRange): readonly LimitRangeItem[] {
  return (spec as LimitRange['spec'] | undefined)?.limits ?? [];
}

/** Gives each container what it does not say itself, in place, and notes on the pod what was given. */
export function setLimitRangeDefaults(pod: Pod, range: LimitRange): void {
  const items = limitsOf(range).filter(({ type }) => type === 'Container');
  const requests = Object.assign({}, ...items.map(({ defaultRequest }) => defaultRequest));
  const limits = Object.assign({}, ...items.map((item) => item.default));
  const notes = [
    ...pod.spec.containers.flatMap((container) => setDefaults(container, 'container', { requests, limits })),
    ...(pod.spec.initContainers ?? []).flatMap((container) =>
      setDefaults(container, 'init container', { requests, limits }),
    ),
  ];
  if (notes.length === 0) return;
  const note = `LimitRanger plugin set: ${notes.join('; ')}`;
  pod.metadata.annotations = { ...pod.metadata.annotations, [ANNOTATION]: note };
}

type Lists = Readonly<Record<'requests' | 'limits', Readonly<Record<string, string>>>>;

/** @returns what was set: `cpu, memory request for container main` */
function setDefaults(container: Container, what: string, defaults: Lists): string[] {
  const resources = { ...container.resources };
  const notes = (['requests', 'limits'] as const).flatMap((list) => {
    const missing = Object.keys(defaults[list]).filter((name) => resources[list]?.[name] === undefined);
    if (missing.length === 0) return [];
    resources[list] = { ...defaults[list], ...resources[list] };
    return [`${missing.sort().join(', ')} ${list.slice(0, -1)} for ${what} ${container.name}`];
  });
  if (notes.length > 0) container.resources = resources;
  return notes;
}

/** All that is wrong with a pod in the words of Kubernetes' LimitRanger; empty when nothing is. */
export function podViolations(pod: Pod, range: LimitRange): string[] {
  return limitsOf(range).flatMap((item) => {
    if (item.type === 'Container') {
      const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
      return all.flatMap((container) =>
        boundViolations(item, {
          requests: containerAmounts(container, 'requests'),
          limits: containerAmounts(container, 'limits'),
        }),
      );
    }
    if (item.type !== 'Pod') return [];
    return boundViolations(item, { requests: podAmounts(pod, 'requests'), limits: podAmounts(pod, 'limits') });
  });
}

/** Claims have requests alone. */
export function claimViolations(claim: Claim, range: LimitRange): string[] {
  const requests = parseAmounts(claim.spec?.resources?.requests);
  return limitsOf(range)
    .filter(({ type }) => type === 'PersistentVolumeClaim')
    .flatMap((item) => [
      ...each(item.min, (name, bound) => tooLittle(item.type, name, bound, { requests, limits: new Map() })),
      ...each(item.max, (name, bound) => tooMuchRequested(item.type, name, bound, requests)),
    ]);
}

function boundViolations(item: LimitRangeItem, asked: Asked): string[] {
  return [
    ...each(item.min, (name, bound) => tooLittle(item.type, name, bound, asked)),
    ...each(item.max, (name, bound) => tooMuch(item.type, name, bound, asked)),
    ...each(item.maxLimitRequestRatio, (name, bound) => tooFarApart(item.type, name, bound, asked)),
  ];
}

function each(list: LimitRangeItem['max'], judge: (name: string, bound: Quantity) => string | undefined): string[] {
  return [...parseAmounts(list)].flatMap(([name, bound]) => judge(name, bound) ?? []);
}

/** Kubernetes puts two blanks before `No`. */
function tooLittle(type: string, name: string, bound: Quantity, { requests, limits }: Asked): string | undefined {
  const rule = `minimum ${name} usage per ${type} is ${formatQuantity(bound)}`;
  const request = requests.get(name);
  const limit = limits.get(name);
  if (!request) return `${rule}.  No request is specified`;
  if (compareQuantity(request, bound) < 0) return `${rule}, but request is ${formatQuantity(request)}`;
  if (limit && compareQuantity(limit, bound) < 0) return `${rule}, but limit is ${formatQuantity(limit)}`;
  return undefined;
}

function tooMuch(type: string, name: string, bound: Quantity, { requests, limits }: Asked): string | undefined {
  const rule = `maximum ${name} usage per ${type} is ${formatQuantity(bound)}`;
  const limit = limits.get(name);
  if (!limit) return `${rule}.  No limit is specified`;
  if (compareQuantity(limit, bound) > 0) return `${rule}, but limit is ${formatQuantity(limit)}`;
  const request = requests.get(name);
  return request && compareQuantity(request, bound) > 0
    ? `${rule}, but request is ${formatQuantity(request)}`
    : undefined;
}

function tooMuchRequested(type: string, name: string, bound: Quantity, requests: Amounts): string | undefined {
  const rule = `maximum ${name} usage per ${type} is ${formatQuantity(bound)}`;
  const request = requests.get(name);
  if (!request) return `${rule}.  No request is specified`;
  return compareQuantity(request, bound) > 0 ? `${rule}, but request is ${formatQuantity(request)}` : undefined;
}

function tooFarApart(type: string, name: string, bound: Quantity, { requests, limits }: Asked): string | undefined {
  const rule = `${name} max limit to request ratio per ${type} is ${formatQuantity(bound)}`;
  const request = requests.get(name);
  const limit = limits.get(name);
  if (!request?.nano) return `${rule}, but no request is specified or request is 0`;
  if (!limit?.nano) return `${rule}, but no limit is specified or limit is 0`;
  // Whole numbers: limit / request > bound, with bound in billionths.
  if (limit.nano * 1_000_000_000n <= bound.nano * request.nano) return undefined;
  return `${rule}, but provided ratio is ${(Number(limit.nano) / Number(request.nano)).toFixed(6)}`;
}
