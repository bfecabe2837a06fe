import { isDeepStrictEqual } from 'node:util';
import { isAllocators } from '../../../api/kinds/ip-address.ts';
import { SERVICE_CIDR_FINALIZER } from '../../../api/kinds/service-cidr/names.ts';
import { parseAddress, parsePrefix, prefixContains, prefixCovers } from '../../../api/meta/prefix.ts';
import type { IPAddress, ServiceCIDR, ServiceCIDRCondition } from '../../../api/types.ts';
import { type Millis, toRfc3339 } from '../../../lib/clock.ts';

export type CidrAction =
  | { readonly do: 'setFinalizers'; readonly finalizers: readonly string[] }
  | { readonly do: 'setCondition'; readonly condition: ServiceCIDRCondition }
  | { readonly do: 'comeBack'; readonly afterMs: number };

/** Whoever gives out addresses may not have heard yet that the range is going. */
const GRACE_MS = 10_000;
const IN_USE =
  'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR';

export interface CidrView {
  /** Every ServiceCIDR, this one too. */
  readonly cidrs: readonly ServiceCIDR[];
  readonly addresses: readonly IPAddress[];
}

/** Decides what one range needs: its finalizer and that it is ready or, deleted, to wait until no address rests on it alone. */
export function planCidr(cidr: ServiceCIDR, view: CidrView, now: Millis): CidrAction[] {
  const { finalizers = [], deletionTimestamp } = cidr.metadata;
  const isHeld = finalizers.includes(SERVICE_CIDR_FINALIZER);
  if (!deletionTimestamp) {
    return [
      ...(isHeld ? [] : [{ do: 'setFinalizers', finalizers: [...finalizers, SERVICE_CIDR_FINALIZER] } as const]),
      ...setReady(cidr, { status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' }, now),
    ];
  }
  if (!isHeld) return [];
  if (isNeeded(cidr, view)) return setReady(cidr, { status: 'False', reason: 'Terminating', message: IN_USE }, now);
  const leftMs = GRACE_MS - (now - Date.parse(deletionTimestamp));
  if (leftMs > 0) return [{ do: 'comeBack', afterMs: leftMs }];
  return [{ do: 'setFinalizers', finalizers: finalizers.filter((one) => one !== SERVICE_CIDR_FINALIZER) }];
}

/** Names of the ranges that an address lies in. */
export function cidrsAround(ip: string, cidrs: readonly ServiceCIDR[]): string[] {
  const address = parseAddress(ip);
  const hasIt = (text: string) => {
    const prefix = parsePrefix(text);
    return address !== undefined && prefix !== undefined && prefixContains(prefix, address);
  };
  return cidrs.filter(({ spec }) => spec.cidrs?.some(hasIt)).map(({ metadata: { name } }) => name);
}

/** Without it an address would be in no range, unless another one covers all of it. */
function isNeeded({ metadata: { name }, spec }: ServiceCIDR, { cidrs, addresses }: CidrView): boolean {
  const others = cidrs.filter(({ metadata }) => metadata.name !== name);
  const isCovered = (text: string) => others.some((other) => other.spec.cidrs?.some((outer) => covers(outer, text)));
  if ((spec.cidrs ?? []).every(isCovered)) return false;
  return addresses.filter(isAllocators).some(({ metadata: { name: ip } }) => {
    const around = cidrsAround(ip, cidrs);
    return around.length === 1 && around[0] === name;
  });
}

function covers(outer: string, inner: string): boolean {
  const [out, within] = [parsePrefix(outer), parsePrefix(inner)];
  return out !== undefined && within !== undefined && prefixCovers(out, within);
}

function setReady(
  { status }: ServiceCIDR,
  wanted: Pick<ServiceCIDRCondition, 'status' | 'reason' | 'message'>,
  now: Millis,
): CidrAction[] {
  const old = status?.conditions?.find(({ type }) => type === 'Ready');
  const lastTransitionTime = old?.status === wanted.status ? old.lastTransitionTime : toRfc3339(now);
  const condition: ServiceCIDRCondition = { type: 'Ready', lastTransitionTime, ...wanted };
  return old && isDeepStrictEqual({ ...old }, condition) ? [] : [{ do: 'setCondition', condition }];
}
