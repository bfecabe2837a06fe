import { IP_ADDRESS, ipAddressOf, serviceOf } from '../../../api/kinds/ip-address.ts';
import { SERVICE } from '../../../api/kinds/service.ts';
import { SERVICE_CIDR } from '../../../api/kinds/service-cidr.ts';
import { keyOf, type ObjectKey } from '../../../api/registry.ts';
import type { IPAddress, KubeObject, Service, ServiceCIDR, ServiceCIDRCondition } from '../../../api/types.ts';
import type { ControllerParts, Reconciler } from '../controller.ts';
import { ignoring } from '../ignore-errors.ts';
import { cidrsAround, planCidr } from './plan-cidr.ts';
import { planAddressRepair, planServiceRepair, type RepairAction, type RepairView } from './plan-repair.ts';

const COMPONENT = 'ipallocator-repair-controller';
/** Corrects what an event missed. */
const LOOK_AGAIN_MS = 600_000;
const clusterKey = (name: string): ObjectKey => ({ namespace: '', name });

/** Says which ranges Services get addresses of, and keeps a deleted one for as long as an address rests on it. */
export function serviceCidrController({ client, cache, clock }: ControllerParts): Reconciler {
  const keysOf = (names: readonly string[]) => names.map(clusterKey);
  const setCondition = ({ status, ...cidr }: ServiceCIDR, condition: ServiceCIDRCondition) => {
    const others = (status?.conditions ?? []).filter(({ type }) => type !== condition.type);
    const next = { ...cidr, status: { ...status, conditions: [...others, condition] } };
    return client.update(SERVICE_CIDR, next, { subresource: 'status' });
  };
  return {
    name: 'service-cidr-controller',
    watches: [
      // One that comes or goes may be what another one waits for.
      { kind: SERVICE_CIDR, keysOf: () => cache.list(SERVICE_CIDR).map(keyOf) },
      {
        kind: IP_ADDRESS,
        keysOf({ metadata: { name } }) {
          const leaving = cache.list(SERVICE_CIDR).filter(({ metadata }) => metadata.deletionTimestamp);
          return keysOf(cidrsAround(name, leaving));
        },
      },
    ],
    async reconcile(key) {
      const found = cache.get(SERVICE_CIDR, key);
      if (!found) return undefined;
      let cidr: ServiceCIDR = found;
      const view = { cidrs: cache.list(SERVICE_CIDR), addresses: cache.list(IP_ADDRESS) };
      for (const action of planCidr(found, view, clock.now())) {
        if (action.do === 'comeBack') return action.afterMs;
        if (action.do === 'setCondition') cidr = await setCondition(cidr, action.condition);
        else {
          const metadata = { ...cidr.metadata, finalizers: [...action.finalizers] };
          cidr = await client.update(SERVICE_CIDR, { ...cidr, metadata });
        }
      }
      return undefined;
    },
  };
}

/** Makes good what came apart of Services and their addresses, from the Services' side. */
export function serviceIpRepairController(parts: ControllerParts): Reconciler {
  const { cache, events, client } = parts;
  const perform = async (service: Service, action: RepairAction): Promise<void> => {
    if (action.do === 'tell') return events.record(service, { ...action, type: 'Warning', component: COMPONENT });
    if (action.do !== 'create' && action.do !== 'recreate') return;
    if (action.do === 'recreate') await ignoring(['NotFound'], client.delete(IP_ADDRESS, clusterKey(action.ip)));
    await client.create(IP_ADDRESS, ipAddressOf(action.ip, keyOf(service)));
  };
  return {
    name: 'service-ip-repair-controller',
    watches: [
      { kind: SERVICE },
      { kind: SERVICE_CIDR, keysOf: ({ metadata: { name } }) => servicesOutside(parts, name) },
      {
        kind: IP_ADDRESS,
        keysOf(object) {
          const service = serviceOf(object as IPAddress);
          return service ? [service] : [];
        },
      },
    ],
    async reconcile(key) {
      const service = cache.get(SERVICE, key);
      if (!service || service.metadata.deletionTimestamp) return undefined;
      for (const action of planServiceRepair(service, viewOf(parts))) await perform(service, action);
      return undefined;
    },
  };
}

/** The same from the addresses' side: those that a crash left over become free again. */
export function ipAddressRepairController(parts: ControllerParts): Reconciler {
  const { cache, client, events, clock } = parts;
  /** This one, not what has its name by now. */
  const free = async (address: IPAddress): Promise<void> => {
    const { uid = '', name } = address.metadata;
    await ignoring(['NotFound', 'Conflict'], client.delete(IP_ADDRESS, clusterKey(name), { preconditions: { uid } }));
  };
  return {
    name: 'ip-address-repair-controller',
    watches: [{ kind: IP_ADDRESS }],
    async reconcile(key) {
      const address = cache.get(IP_ADDRESS, key);
      if (!address) return undefined;
      for (const action of planAddressRepair(address, viewOf(parts), clock.now())) {
        if (action.do === 'comeBack') return action.afterMs;
        if (action.do === 'tell') events.record(address, { ...action, type: 'Warning', component: COMPONENT });
        if (action.do === 'free') await free(address);
      }
      return LOOK_AGAIN_MS;
    },
  };
}

function viewOf({ cache }: ControllerParts): RepairView {
  return {
    cidrs: cache.list(SERVICE_CIDR),
    addressOf: (ip) => cache.get(IP_ADDRESS, clusterKey(ip)),
    serviceOf: (key) => cache.get(SERVICE, key),
  };
}

/** A range went or came: whose addresses lie in none (or now in one), looks again. */
function servicesOutside({ cache }: ControllerParts, name: string): ObjectKey[] {
  const cidrs = cache.list(SERVICE_CIDR);
  const others = cidrs.filter(({ metadata }) => metadata.name !== name);
  const isConcerned = ({ spec }: Service) =>
    (spec.clusterIPs ?? []).some((ip) => ip !== '' && ip !== 'None' && cidrsAround(ip, others).length === 0);
  return cache
    .list(SERVICE)
    .filter(isConcerned)
    .map((service: KubeObject) => keyOf(service));
}
