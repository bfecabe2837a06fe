import type { KubeObject } from '../api/types.ts';

/** Another node as agents are told of it: what routes to its pods need, and nothing else of its object. */
export interface NodePeer extends KubeObject {
  readonly kind: 'Peer';
  readonly spec: {
    /** `10.42.3.0/24` */
    readonly podCIDR: string;
    /** Where its packets go: `192.168.77.13`. */
    readonly internalIP: string;
  };
}
