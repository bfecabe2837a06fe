/** Names the Service that a slice is for. Source: discovery.k8s.io/v1, LabelServiceName. */
export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
