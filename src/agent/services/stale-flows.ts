import type { ServicePort } from './service-port.ts';

/** Connection tracking entries to delete, as arguments of `conntrack -D`. */
export type FlowFilter = readonly string[];

interface UdpPort {
  /** `10.43.0.10 53`, or ` 30053` for a node port. */
  readonly address: string;
  readonly port: number;
  readonly targets: ReadonlySet<string>;
}

/**
 * UDP flows that must be forgotten when endpoints change: an entry outlives its endpoint as long as the client keeps sending,
 * and one that began before there was any endpoint leads nowhere. TCP ends by itself. Source: measured; kube-proxy does the same.
 */
export function staleFlows(before: readonly ServicePort[], after: readonly ServicePort[]): FlowFilter[] {
  const old = udpPorts(before);
  const now = udpPorts(after);
  const gone = [...old].flatMap(([key, one]) => {
    const targets = now.get(key)?.targets ?? new Set<string>();
    return [...one.targets]
      .filter((ip) => !targets.has(ip))
      .map((ip) => [...filterOf(one), '--dst-nat', '--reply-src', ip]);
  });
  const first = [...now].filter(([key, { targets }]) => targets.size > 0 && !old.get(key)?.targets.size);
  return [...gone, ...first.map(([, one]) => filterOf(one))];
}

function filterOf({ address, port }: UdpPort): FlowFilter {
  const to = address ? ['--orig-dst', address] : [];
  return ['-D', '-p', 'udp', ...to, '--orig-port-dst', String(port)];
}

function udpPorts(ports: readonly ServicePort[]): Map<string, UdpPort> {
  const all = ports
    .filter(({ protocol }) => protocol === 'udp')
    .flatMap(({ clusterIps, balancedIps, externalIps, port, nodePort, targets }): UdpPort[] => {
      const ips = new Set(targets.map(({ ip }) => ip));
      const addresses = [...clusterIps, ...balancedIps, ...externalIps].map((address) => ({
        address,
        port,
        targets: ips,
      }));
      return [...addresses, ...(nodePort > 0 ? [{ address: '', port: nodePort, targets: ips }] : [])];
    });
  return new Map(all.map((one) => [`${one.address} ${one.port}`, one]));
}
