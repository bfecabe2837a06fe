import { INGRESS_UNAVAILABLE } from '../../api/kinds/ingress/names.ts';
import { keyOf, keyText } from '../../api/registry.ts';
import type { NodeCondition, Service } from '../../api/types.ts';
import { balancedIpsOf, externalIpsOf } from '../services/outer-addresses.ts';
import type { ProxySettings } from './haproxy-config.ts';

/** How it is with Ingresses on this node. */
export type IngressState =
  | { readonly is: 'idle' | 'served' | 'off' }
  /** haproxy can't be run. */
  | { readonly is: 'missing' }
  /** Another program has the port. */
  | { readonly is: 'busy'; readonly port: number }
  /** A Service has it at this node's addresses: the kernel leads packets there before a proxy sees them. */
  | { readonly is: 'taken'; readonly port: number; readonly by: string }
  /** haproxy's own words. */
  | { readonly is: 'failing'; readonly words: string };

type Ports = Pick<ProxySettings, 'httpPort' | 'httpsPort'>;

/** The ports that are served, HTTP's first. */
export function portsOf({ httpPort, httpsPort }: Ports): number[] {
  return [httpPort, httpsPort].filter((port) => port !== 0);
}

/** The node's condition: True keeps its address out of the status of Ingresses. */
export function ingressCondition(state: IngressState, ports: Ports): NodeCondition {
  const [status, reason, message] = verdict(state, ports);
  return { type: INGRESS_UNAVAILABLE, status, reason, message };
}

function verdict(state: IngressState, ports: Ports): readonly ['True' | 'False', string, string] {
  switch (state.is) {
    case 'idle':
      return ['False', 'NoIngress', 'there is no Ingress to serve'];
    case 'served':
      return ['False', 'IngressServed', `Ingresses are served on port ${portsOf(ports).join(' and ')}`];
    case 'off':
      return ['True', 'IngressSwitchedOff', 'this agent was told to serve no Ingress (--ingress-http-port=0)'];
    case 'missing':
      return ['True', 'HaproxyMissing', 'Ingresses need haproxy: install its package (apt install haproxy)'];
    case 'taken':
      return [
        'True',
        'PortInUse',
        `port ${state.port} of this node is led to Service ${state.by}: give that Service another port, or this agent (${flagOf(state.port, ports)})`,
      ];
    case 'busy':
      return [
        'True',
        'PortInUse',
        `port ${state.port} is in use by another program ("ss -ltnp sport = :${state.port}" says which): end it, or give this agent another port (${flagOf(state.port, ports)})`,
      ];
    case 'failing':
      return ['True', 'HaproxyFailed', `haproxy could not be started as Ingresses are now: ${state.words}`];
  }
}

function flagOf(port: number, { httpPort }: Ports): string {
  return port === httpPort ? '--ingress-http-port' : '--ingress-https-port';
}

/** The first of these ports that a Service has at one of the addresses. */
export function takenPort(
  ports: readonly number[],
  services: Iterable<Service>,
  addresses: readonly string[],
): Extract<IngressState, { readonly is: 'taken' }> | undefined {
  for (const service of services) {
    const isHere = [...balancedIpsOf(service), ...externalIpsOf(service)].some((ip) => addresses.includes(ip));
    const found = (service.spec.ports ?? []).find(
      ({ port, protocol = 'TCP' }) => isHere && protocol === 'TCP' && ports.includes(port),
    );
    if (found) return { is: 'taken', port: found.port, by: keyText(keyOf(service)) };
  }
  return undefined;
}
