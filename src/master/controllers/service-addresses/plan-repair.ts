import { isAllocators, serviceOf } from '../../../api/kinds/ip-address.ts';
import { HEADLESS } from '../../../api/kinds/service/traits.ts';
import { IP_FAMILY_LABEL } from '../../../api/kinds/service-cidr/names.ts';
import { ipFamilyOf } from '../../../api/meta/ip-address.ts';
import type { ObjectKey } from '../../../api/registry.ts';
import type { IPAddress, Service, ServiceCIDR } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import { cidrsAround } from './plan-cidr.ts';

/** The words of kube-apiserver's ipallocator-repair-controller. */
export type RepairAction =
  | { readonly do: 'create' | 'recreate'; readonly ip: string }
  | { readonly do: 'free' }
  | { readonly do: 'tell'; readonly reason: string; readonly message: string }
  | { readonly do: 'comeBack'; readonly afterMs: number };

/** How long a Service may be on its way to the store when its address is there already. */
const GRACE_MS = 60_000;

export interface RepairView {
  readonly cidrs: readonly ServiceCIDR[];
  addressOf(ip: string): IPAddress | undefined;
  serviceOf(key: ObjectKey): Service | undefined;
}

/** Decides what makes the addresses of a Service its own again. */
export function planServiceRepair(service: Service, view: RepairView): RepairAction[] {
  return clusterIpsOf(service).flatMap((ip) => repairIp(service, ip, view));
}

function repairIp({ metadata: { namespace = '', name } }: Service, ip: string, view: RepairView): RepairAction[] {
  const family = ipFamilyOf(ip);
  const tell = (reason: string, message: string) => ({ do: 'tell', reason, message }) as const;
  if (cidrsAround(ip, view.cidrs).length === 0) {
    const where = 'is not within any configured Service CIDR; please recreate service';
    return [tell('ClusterIPOutOfRange', `Cluster IP [${family}]: ${ip} ${where}`)];
  }
  const address = view.addressOf(ip);
  if (!address) {
    return [
      tell('ClusterIPNotAllocated', `Cluster IP [${family}]: ${ip} is not allocated; repairing`),
      { do: 'create', ip },
    ];
  }
  const parent = serviceOf(address);
  const isOwn = parent?.namespace === namespace && parent.name === name;
  if (isOwn) return hasRightLabels(address) ? [] : [{ do: 'recreate', ip }];
  const holder = parent && view.serviceOf(parent);
  if (holder && clusterIpsOf(holder).includes(ip)) {
    const words = `Cluster IP [${family}]:${ip} was assigned to multiple services; please recreate service`;
    return [tell('ClusterIPAlreadyAllocated', words)];
  }
  const words = `the ClusterIP [${family}]: ${ip} for Service ${namespace}/${name} has a wrong reference; repairing`;
  return [tell('ClusterIPNotAllocated', words), { do: 'recreate', ip }];
}

/** Decides whether an address is left over: its Service went, or has another one. What others than the allocator made stays. */
export function planAddressRepair(
  address: IPAddress,
  view: Pick<RepairView, 'serviceOf'>,
  now: Millis,
): RepairAction[] {
  if (!isAllocators(address)) return [];
  const { name: ip, creationTimestamp = '' } = address.metadata;
  const free = (reason: string, message: string): RepairAction[] => [{ do: 'tell', reason, message }, { do: 'free' }];
  const parent = serviceOf(address);
  if (!parent) {
    const what = `IPAddress ${ip} appears to have been modified, not referencing a Service`;
    return free('IPAddressNotAllocated', `${what} ${JSON.stringify(address.spec.parentRef)}: cleaning up`);
  }
  const service = view.serviceOf(parent);
  if (service && clusterIpsOf(service).includes(ip)) return [];
  const leftMs = GRACE_MS - (now - Date.parse(creationTimestamp));
  if (leftMs > 0) return [{ do: 'comeBack', afterMs: leftMs }];
  const words = `IPAddress: ${ip} for Service ${parent.namespace}/${parent.name}`;
  return service
    ? free('IPAddressWrongReference', `${words} has a wrong reference; cleaning up`)
    : free('IPAddressNotAllocated', `${words} appears to have leaked: cleaning up`);
}

function hasRightLabels(address: IPAddress): boolean {
  const { name, labels } = address.metadata;
  return isAllocators(address) && labels?.[IP_FAMILY_LABEL] === ipFamilyOf(name);
}

function clusterIpsOf({ spec }: Service): string[] {
  return (spec.clusterIPs ?? []).filter((ip) => ip !== '' && ip !== HEADLESS);
}
