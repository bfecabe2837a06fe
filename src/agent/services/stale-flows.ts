import { isDeepStrictEqual } from 'node:util';
import type { ServicePort } from './service-port.ts';

/** Connection tracking entries to delete, as arguments of `conntrack -D`. */
export type FlowFilter = readonly string[];

/** A UDP flow as the kernel tracks it. */
export interface Flow {
  /** Where the client sends. */
  readonly to: string;
  readonly toPort: number;
  /** Who answers: the same, unless it was led elsewhere. */
  readonly from: string;
  readonly fromPort: number;
}

/** Where UDP comes in: who may answer, as `ip:port`, by `10.43.0.10:53`, or by `:30053` for a node port. */
export type UdpDoors = ReadonlyMap<string, ReadonlySet<string>>;

const ENTRY = /^udp .* src=\S+ dst=(\S+) sport=\d+ dport=(\d+) .*src=(\S+) dst=\S+ sport=(\d+) dport=\d+/gm;

/** @param listed what `conntrack -L -p udp` prints */
export function parseFlows(listed: string): Flow[] {
  return [...listed.matchAll(ENTRY)].map(([, to = '', toPort, from = '', fromPort]) => {
    return { to, toPort: Number(toPort), from, fromPort: Number(fromPort) };
  });
}

/** The UDP ports of Services, each with all endpoints of this node's rules: those that a policy keeps local may terminate, and serve. */
export function udpDoors(ports: readonly ServicePort[]): UdpDoors {
  const doors = new Map<string, Set<string>>();
  for (const port of ports) {
    if (port.protocol !== 'udp') continue;
    const answering = [...port.targets, ...port.localTargets].map((target) => `${target.ip}:${target.port}`);
    const keys = [...port.clusterIps, ...port.balancedIps, ...port.externalIps].map((ip) => `${ip}:${port.port}`);
    if (port.nodePort > 0) keys.push(`:${port.nodePort}`);
    // Two may claim one address: whoever has it, flows to the other's endpoints are no harm.
    for (const key of keys) doors.set(key, new Set([...(doors.get(key) ?? []), ...answering]));
  }
  return doors;
}

const NOBODY: ReadonlySet<string> = new Set();

/** Those whose flows may be stale now; of one that is gone all are. @param before undefined when it is not known: all may be */
export function changedDoors(before: UdpDoors | undefined, after: UdpDoors): UdpDoors {
  const keys = new Set([...(before?.keys() ?? []), ...after.keys()]);
  return new Map(
    [...keys]
      .map((key) => [key, after.get(key) ?? NOBODY] as const)
      .filter(([key, answering]) => !isDeepStrictEqual(before?.get(key), answering)),
  );
}

/**
 * UDP flows to Services that lead to nobody who serves them: an entry outlives its endpoint as long as the client keeps sending, and one
 * that began before there was any endpoint leads nowhere. TCP ends by itself. Source: measured; kube-proxy does the same.
 * @param isOfNode whether an address is this node's: node ports answer there and nowhere else
 */
export function staleFlows(doors: UdpDoors, flows: readonly Flow[], isOfNode: (ip: string) => boolean): FlowFilter[] {
  const filters = new Map<string, FlowFilter>();
  for (const { to, toPort, from, fromPort } of flows) {
    const answering = doors.get(`${to}:${toPort}`) ?? (isOfNode(to) ? doors.get(`:${toPort}`) : undefined);
    if (!answering || answering.has(`${from}:${fromPort}`)) continue;
    const asked = ['--orig-dst', to, '--orig-port-dst', String(toPort)];
    const filter = ['-D', '-p', 'udp', ...asked, '--reply-src', from, '--reply-port-src', String(fromPort)];
    filters.set(filter.join(' '), filter);
  }
  return [...filters.values()];
}
