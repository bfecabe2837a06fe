/** The node's pod network as the pod workers use it. Rules of addresses: networks are per node, addresses are never reused at once. */
export interface PodNetwork {
  /** Makes the bridge and firewall rules for this node's CIDR (`10.42.3.0/24`) what they must be; safe to repeat. */
  ensure(podCidr: string): Promise<void>;
  /** The pod's address: the one it has already, or the next free one, remembered on disk before it is returned. Throws when the CIDR is used up. */
  allocate(podUid: string): Promise<string>;
  /** Forgets it; fine when there is none. */
  release(podUid: string): Promise<void>;
  /** After the sandbox started, or was found running: hairpin on its port of the bridge, the MTU of its way out. `pid` is the pause process. */
  attach(pid: number): Promise<void>;
}
