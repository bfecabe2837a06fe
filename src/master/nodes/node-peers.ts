import { NODE } from '../../api/kinds/node.ts';
import type { Node } from '../../api/types.ts';
import type { NodePeer } from '../../rpc/node-peer.ts';
import type { ObjectCache } from '../resource-client.ts';

/** What other nodes are told of this one; undefined as long as its pods cannot be reached. */
export function peerOf({ metadata: { name }, spec, status }: Node): NodePeer | undefined {
  const internalIP = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  if (!spec.podCIDR || !internalIP) return undefined;
  return { apiVersion: 'v1', kind: 'Peer', metadata: { name }, spec: { podCIDR: spec.podCIDR, internalIP } };
}

function isSame(a: NodePeer | undefined, b: NodePeer | undefined): boolean {
  return a?.spec.podCIDR === b?.spec.podCIDR && a?.spec.internalIP === b?.spec.internalIP;
}

/** All nodes as peers. A node's heartbeats, conditions and labels change nothing here. */
export class NodePeers {
  readonly #peers = new Map<string, NodePeer>();

  get(name: string): NodePeer | undefined {
    return this.#peers.get(name);
  }

  names(): Iterable<string> {
    return this.#peers.keys();
  }

  /** @param onChange called with the name of a node that came, went or moved, as a peer. @returns ends it */
  follow(cache: ObjectCache, onChange: (name: string) => void): () => void {
    const take = (name: string, peer: NodePeer | undefined) => {
      if (isSame(this.#peers.get(name), peer)) return;
      if (peer) this.#peers.set(name, peer);
      else this.#peers.delete(name);
      onChange(name);
    };
    const unsubscribe = cache.subscribe(NODE, ({ type, object }) =>
      take(object.metadata.name, type === 'deleted' ? undefined : peerOf(object)),
    );
    for (const node of cache.list(NODE)) take(node.metadata.name, peerOf(node));
    return unsubscribe;
  }
}
