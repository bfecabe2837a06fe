import { networkInterfaces } from 'node:os';
import type { LanFacts } from '../api/kinds/node/lan-facts.ts';
import { nodeOwnPorts } from '../api/kinds/service/own-ports.ts';
import type { Service } from '../api/types.ts';
import type { Clock } from '../lib/clock.ts';
import { findHostAddress } from '../lib/host-address.ts';
import type { Part } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/logger.ts';
import { type AgentConfig, namesOf } from './config.ts';
import { ClusterDns } from './dns/cluster-dns.ts';
import { INGRESS_PART } from './ingress/ingress-keeper.ts';
import { LanAddressKeeper } from './lan-addresses/keeper.ts';
import { networkEvents } from './network/network-events.ts';
import { NodeAddress } from './network/node-address.ts';
import { DockerPodNetwork } from './network/pod-network.ts';
import { PodNetworkKeeper } from './network/pod-network-keeper.ts';
import type { DockerRuntime } from './runtime/docker.ts';
import { FollowedEndpoints } from './services/followed-endpoints.ts';
import { HealthCheckPorts } from './services/health-check-ports.ts';
import { NftTable } from './services/nft-table.ts';
import type { Guard } from './services/outer-addresses.ts';
import { usableServiceCidrs } from './services/service-cidrs.ts';
import { SERVICE_RULES_PART, ServiceRulesKeeper } from './services/service-rules-keeper.ts';
import type { Uplink } from './uplink/uplink.ts';

export interface NodeNetwork {
  readonly network: DockerPodNetwork;
  readonly keeper: PodNetworkKeeper;
  readonly address: NodeAddress;
  readonly followed: FollowedEndpoints;
  /** Of the network around this node, and what it holds there for Services. */
  readonly lanFacts: () => LanFacts;
  /** Why pods can't have addresses or reach Services, in words for an operator; '' when they can. */
  readonly problem: () => string;
  /** What of it runs, in the order to start it. */
  readonly parts: readonly Part[];
}

export interface NodeNetworkParts {
  readonly runtime: DockerRuntime;
  readonly uplink: Uplink;
  readonly nodeName: string;
  /** The node has a network now, or none, or another address. */
  readonly onChange: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Kubernetes' reason for it. */
const HEALTH_CHECK_FAILED = 'FailedToStartServiceHealthcheck';

function localAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ address }) => address));
}

/** Where the API answers: the endpoints of the Service `kubernetes`. */
function apiPorts({ endpointSlices }: Uplink): number[] {
  const ports = endpointSlices.get('default/kubernetes')?.ports ?? [];
  return ports.flatMap(({ port }) => port ?? []);
}

function healthCheckPorts({ uplink, nodeName, clock, log }: NodeNetworkParts, isProxyHealthy: () => boolean) {
  const facts = { pod: undefined, fieldPath: '', type: 'Warning', reason: HEALTH_CHECK_FAILED } as const;
  const onFailure = (service: Service, message: string) => uplink.reports.event({ ...facts, service, message });
  return new HealthCheckPorts({ sources: uplink, nodeName, isProxyHealthy, onFailure, clock, log });
}

/** Makes everything that keeps this node's pods connected. */
export async function buildNetwork(config: AgentConfig, given: NodeNetworkParts): Promise<NodeNetwork> {
  const { runtime, uplink, nodeName, onChange, clock, log } = given;
  const { bridge, dataDir, masters } = config;
  const { network: networkName, chainPrefix } = namesOf(bridge);
  const address = new NodeAddress({
    initial: config.nodeIp ?? (await findHostAddress(masters[0])),
    isFixed: config.nodeIp !== undefined,
    masters,
  });
  const serviceCidrs = () =>
    usableServiceCidrs(uplink.settings, uplink.serviceCidrs, [
      address.current,
      ...uplink.peers.map(({ spec }) => spec.internalIP),
    ]);
  const network = new DockerPodNetwork({
    engine: runtime.networks,
    log,
    dataDir,
    // The node's own CIDR comes with the same session: whoever has that has this.
    clusterCidr: () => uplink.settings?.clusterCidr ?? '',
    serviceCidrs,
    neighbourhood: () => ({
      address: address.current,
      peers: uplink.peers.map(({ metadata: { name }, spec }) => ({
        name,
        podCidr: spec.podCIDR,
        address: spec.internalIP,
      })),
      isComplete: uplink.assignments.isComplete,
    }),
    networkName,
    bridge,
    chainPrefix,
  });
  const refreshAddress = async () => {
    const before = address.current;
    if (!(await address.refresh())) return;
    log.info({ before, now: address.current }, 'this node has another address');
    uplink.redial('this node has another address');
    onChange();
  };
  const keeper = new PodNetworkKeeper({ network, uplink, onChange, refreshAddress, clock, log });
  const dns = new ClusterDns({ sources: uplink, onChange: () => rules.wake(), clock, log });
  const { contact } = uplink;
  const lan = new LanAddressKeeper({ sources: uplink, nodeName, bridge, contact, onChange, clock, log });
  // A Service's own address is not the node's: there it may have any port.
  const ownAddresses = () => localAddresses().filter((ip) => !lan.facts.addresses.includes(ip));
  const guard = (): Guard => ({
    addresses: new Set([...ownAddresses(), address.current, ...uplink.peers.map(({ spec }) => spec.internalIP)]),
    ports: nodeOwnPorts([...masters.map(({ port }) => port), ...apiPorts(uplink)]),
  });
  const followed = new FollowedEndpoints([SERVICE_RULES_PART, INGRESS_PART], uplink, (mark) =>
    uplink.reports.servicesApplied(mark),
  );
  const rules = new ServiceRulesKeeper({
    sources: uplink,
    table: new NftTable(networkName),
    tableName: networkName,
    place: () => ({ nodeName, nodeIp: address.current, guard: guard() }),
    ownPorts: () => dns.ports,
    serviceCidrs,
    followed,
    onChange,
    clock,
    log,
  });
  const healthChecks = healthCheckPorts(given, () => rules.problem === '');
  const onEvent = () => {
    keeper.wake();
    rules.recheck();
    lan.wake();
  };
  const events = networkEvents({ bridge, chainPrefix, table: networkName, onEvent, clock, log });
  const problem = () => [keeper.problem, rules.problem].filter((one) => one !== '').join('; ');
  return {
    network,
    keeper,
    address,
    followed,
    problem,
    lanFacts: () => lan.facts,
    parts: [keeper, dns, rules, healthChecks, lan, ...events],
  };
}
