/** How an Ingress named its class before there was a field for it. */
export const INGRESS_CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
/** On the class of those that name none. */
export const DEFAULT_INGRESS_CLASS = 'ingressclass.kubernetes.io/is-default-class';
/** spec.controller of the classes whose Ingresses we serve ourselves. */
export const INGRESS_CONTROLLER = 'bramble.dev/ingress';
/** Type of a node's condition: True while it serves no Ingress though there is one. */
export const INGRESS_UNAVAILABLE = 'IngressUnavailable';
