import type { ServicePort } from '../../types.ts';

/** SSH, the API, the master's port for agents, kubelet's: what nobody may take from a node, whoever listens there just now. */
const ALWAYS_TCP = [22, 6443, 6444, 10_250];
/** Packets between nodes that are not on one link (VXLAN). */
const ALWAYS_UDP = [8472];

/**
 * Ports at a node's own addresses that no Service gets: without them the node could not be reached or mended.
 * @param listening TCP ports that the master was told to listen on
 * @returns as `portKey` makes them
 */
export function nodeOwnPorts(listening: readonly number[]): ReadonlySet<string> {
  const tcp = [...ALWAYS_TCP, ...listening].map((port) => portKey({ protocol: 'TCP', port }));
  return new Set([...tcp, ...ALWAYS_UDP.map((port) => portKey({ protocol: 'UDP', port }))]);
}

/** `80/TCP`, as kubectl shows it. */
export function portKey({ port, protocol = 'TCP' }: Pick<ServicePort, 'port' | 'protocol'>): string {
  return `${port}/${protocol}`;
}
