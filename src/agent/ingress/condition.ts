import { INGRESS_UNAVAILABLE } from '../../api/kinds/ingress/names.ts';
import type { NodeCondition } from '../../api/types.ts';
import type { ProxySettings } from './haproxy-config.ts';

/** How it is with Ingresses on this node. */
export type IngressState =
  | { readonly is: 'idle' | 'served' | 'off' }
  /** haproxy can't be run. */
  | { readonly is: 'missing' }
  /** Another program has the port. */
  | { readonly is: 'busy'; readonly port: number }
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
    case 'busy': {
      const flag = state.port === ports.httpPort ? '--ingress-http-port' : '--ingress-https-port';
      return [
        'True',
        'PortInUse',
        `port ${state.port} is in use by another program ("ss -ltnp sport = :${state.port}" says which): end it, or give this agent another port (${flag})`,
      ];
    }
    case 'failing':
      return ['True', 'HaproxyFailed', `haproxy could not be started as Ingresses are now: ${state.words}`];
  }
}
