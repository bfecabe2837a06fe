import type { PodSpec } from '../../../api/types.ts';

interface SandboxNetwork {
  readonly NetworkMode: string;
  readonly EndpointsConfig: Record<string, { IPAMConfig: { IPv4Address: string } }>;
}

/**
 * The sandbox's network: the node's with hostNetwork, else one address of ours on the pod bridge. Fixed by us because
 * Docker gives a freed address to the next container at once (stale conntrack then reaches the wrong pod).
 * @throws RangeError without an address where one is needed
 */
export function sandboxNetwork(spec: PodSpec, network: string, ip: string | undefined): SandboxNetwork {
  if (spec.hostNetwork) return { NetworkMode: 'host', EndpointsConfig: {} };
  if (ip === undefined) throw new RangeError('a pod without hostNetwork needs an address');
  return { NetworkMode: network, EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: ip } } } };
}

/** A container's network is its sandbox's; Docker then refuses a hostname, DNS and ports of its own. */
export function containerNetwork(sandboxId: string): { NetworkMode: string } {
  return { NetworkMode: `container:${sandboxId}` };
}
