import type { Target } from '../../../src/agent/services/service-port.ts';

/** One Service of one TCP port as the peer's rules serve it. */
export interface PeerService {
  readonly clusterIp: string;
  readonly port: number;
  readonly targets: readonly Pick<Target, 'ip' | 'port'>[];
}

const MARK = '-j MARK --set-xmark 0x4000/0x4000';

/** What hangs the chains into the kernel, once. */
export const HOOKS = `*nat
:KUBE-SERVICES - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-POSTROUTING - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A OUTPUT -j KUBE-SERVICES
-A POSTROUTING -j KUBE-POSTROUTING
-A KUBE-MARK-MASQ ${MARK}
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
-A KUBE-POSTROUTING -j MASQUERADE --random-fully
COMMIT
`;

/**
 * Input for `iptables-restore --noflush` with the structure that kube-proxy's iptables mode gives the nat table: one rule of
 * dispatch for each Service port, a chain for it, a chain for each endpoint. Source: kube-proxy's documentation of its rules.
 * @param changed whose own chains are written anew: kube-proxy since 1.28 writes the dispatch and these. All: as before that.
 */
export function renderChains(
  services: readonly PeerService[],
  clusterCidr: string,
  changed: readonly PeerService[] = services,
): string {
  const chains = changed.flatMap((service) => serviceChains(service, clusterCidr));
  const declared = chains.flatMap(([name]) => [`:${name} - [0:0]`]);
  return [
    '*nat',
    ':KUBE-SERVICES - [0:0]',
    ...declared,
    ...services.map(
      ({ clusterIp, port }) =>
        `-A KUBE-SERVICES -d ${clusterIp}/32 -p tcp -m tcp --dport ${port} -j ${serviceChain(clusterIp, port)}`,
    ),
    ...chains.flatMap(([name, rules]) => rules.map((rule) => `-A ${name} ${rule}`)),
    'COMMIT',
    '',
  ].join('\n');
}

function serviceChains({ clusterIp, port, targets }: PeerService, clusterCidr: string): [string, string[]][] {
  const name = serviceChain(clusterIp, port);
  const endpointChain = (index: number) => `${name.replace('SVC', 'SEP')}-${index}`;
  const draws = targets.map((_, index) => {
    const left = targets.length - index;
    const chance = left === 1 ? '' : `-m statistic --mode random --probability ${(1 / left).toFixed(11)} `;
    return `${chance}-j ${endpointChain(index)}`;
  });
  const masquerade = `! -s ${clusterCidr} -d ${clusterIp}/32 -p tcp -m tcp --dport ${port} -j KUBE-MARK-MASQ`;
  const endpoints = targets.map(({ ip, port }, index): [string, string[]] => [
    endpointChain(index),
    [`-s ${ip}/32 -j KUBE-MARK-MASQ`, `-p tcp -m tcp -j DNAT --to-destination ${ip}:${port}`],
  ]);
  return [[name, [masquerade, ...draws]], ...endpoints];
}

function serviceChain(clusterIp: string, port: number): string {
  const bytes = clusterIp.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return `KUBE-SVC-${bytes.join('')}-${port}`;
}
