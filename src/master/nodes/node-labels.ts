/** Labels of Kubernetes' own that a node may give itself; all others in its namespaces are an administrator's. */
const OWN: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/arch',
  'kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
]);
const OWN_NAMESPACES = /^([^/]*\.)?(kubelet|node)\.kubernetes\.io\//;
const RESERVED_NAMESPACES = /^([^/]*\.)?(kubernetes|k8s)\.io\//;

/**
 * Whether an agent may set this label of its Node: a machine that was broken into must not draw pods to itself that an
 * administrator keeps apart. Source: Kubernetes, admission plugin NodeRestriction.
 */
export function mayNodeSet(key: string): boolean {
  return OWN.has(key) || OWN_NAMESPACES.test(key) || !RESERVED_NAMESPACES.test(key);
}
