import type { Node } from '../../../api/types.ts';
import { parseIpv4 } from '../../../lib/ipv4.ts';

/** Set on nodes that are not to be a way into the cluster. */
const EXCLUDED_LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers';

/** May clients from outside be sent to this node? Source: kube-controller-manager's service controller. */
export function isBalancing({ metadata, status }: Node): boolean {
  if (metadata.deletionTimestamp || metadata.labels?.[EXCLUDED_LABEL] !== undefined) return false;
  return status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
}

/** What clients reach a node at: its addresses of type ExternalIP, else of type InternalIP. IPv4, as all of the cluster. */
export function outerAddresses({ status }: Node): string[] {
  const ofType = (wanted: string) =>
    (status?.addresses ?? [])
      .filter(({ type, address }) => type === wanted && parseIpv4(address) !== undefined)
      .map(({ address }) => address);
  const external = ofType('ExternalIP');
  return external.length > 0 ? external : ofType('InternalIP');
}

/** Where clients from outside can be sent now: addresses of the nodes that are Ready and not excluded, in numeric order, each once. */
export function balancingAddresses(nodes: readonly Node[]): string[] {
  const addresses = new Set(nodes.filter(isBalancing).flatMap(outerAddresses));
  return [...addresses].sort((a, b) => (parseIpv4(a) ?? 0) - (parseIpv4(b) ?? 0));
}
