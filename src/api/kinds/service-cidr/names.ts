/** The names that the addresses of Services are talked of in, as kube-apiserver and kube-controller-manager write them. */

/** The range that the cluster was made with. */
export const DEFAULT_SERVICE_CIDR = 'kubernetes';
export const SERVICE_CIDR_FINALIZER = 'networking.k8s.io/service-cidr-finalizer';

export const IP_FAMILY_LABEL = 'ipaddress.kubernetes.io/ip-family';
export const IP_MANAGED_BY_LABEL = 'ipaddress.kubernetes.io/managed-by';
export const IP_ALLOCATOR = 'ipallocator.k8s.io';
