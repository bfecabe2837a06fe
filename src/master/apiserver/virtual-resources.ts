/** A resource that is only ever created and never stored: what is posted is answered. */
export interface VirtualResource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export const VIRTUAL_RESOURCES: readonly VirtualResource[] = [
  { group: '', version: 'v1', plural: 'bindings', singular: 'binding', kind: 'Binding', namespaced: true },
  {
    group: 'authentication.k8s.io',
    version: 'v1',
    plural: 'selfsubjectreviews',
    singular: 'selfsubjectreview',
    kind: 'SelfSubjectReview',
    namespaced: false,
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    plural: 'selfsubjectaccessreviews',
    singular: 'selfsubjectaccessreview',
    kind: 'SelfSubjectAccessReview',
    namespaced: false,
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    plural: 'selfsubjectrulesreviews',
    singular: 'selfsubjectrulesreview',
    kind: 'SelfSubjectRulesReview',
    namespaced: false,
  },
];

export function findVirtual(group: string, version: string, plural: string): VirtualResource | undefined {
  return VIRTUAL_RESOURCES.find((one) => one.group === group && one.version === version && one.plural === plural);
}
