import type { KindDefinition } from '../../api/registry.ts';
import type { ConfigMap, Lease, Node, Pod, Secret } from '../../api/types.ts';

/** The resources that nodes are about. */
export interface NodeKinds {
  readonly node: KindDefinition<Node>;
  readonly pod: KindDefinition<Pod>;
  readonly secret: KindDefinition<Secret>;
  readonly configMap: KindDefinition<ConfigMap>;
  readonly lease: KindDefinition<Lease>;
}
