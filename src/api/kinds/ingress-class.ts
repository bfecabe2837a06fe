import type { StatusCause } from '../meta/errors.ts';
import { forbidden, immutable, invalid, invalidEach, notSupported, required, tooLong } from '../meta/field-errors.ts';
import { checkDns1123Label, checkDns1123Subdomain, checkHttpPath } from '../meta/validation.ts';
import type { KindDefinition } from '../registry.ts';
import type { IngressClass } from '../types.ts';
import { AGE, NAME } from './columns.ts';
import { DEFAULT_INGRESS_CLASS, INGRESS_CONTROLLER } from './ingress/names.ts';
import { validateObjectReference } from './ingress/object-reference.ts';
import { text } from './workload/columns.ts';
import { givenSpec } from './workload/template.ts';

type Parameters = NonNullable<IngressClass['spec']['parameters']>;

const MAX_CONTROLLER = 250;
const SCOPES = ['Cluster', 'Namespace'];

/** The one that every cluster has from its first second. */
export const BRAMBLE_CLASS: IngressClass = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'bramble', annotations: { [DEFAULT_INGRESS_CLASS]: 'true' } },
  spec: { controller: INGRESS_CONTROLLER },
};

export const INGRESS_CLASS: KindDefinition<IngressClass> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  singular: 'ingressclass',
  namespaced: false,
  hasStatus: false,
  hasGeneration: true,
  columns: [
    NAME,
    text('Controller', 'Who serves the Ingresses of the class.', ({ spec }) => spec.controller ?? ''),
    text('Parameters', 'An object with more that the controller wants to know.', parametersText),
    AGE,
  ],
  strategy: {
    setDefaults(ingressClass) {
      const { parameters } = givenSpec(ingressClass);
      if (parameters) parameters.scope ??= 'Cluster';
    },
    validate,
    validateUpdate: ({ spec }, old) =>
      spec.controller === old.spec.controller ? [] : [immutable('spec.controller', spec.controller)],
  },
};

/** The class of Ingresses that name none. */
export function isDefaultIngressClass({ metadata }: IngressClass): boolean {
  return metadata.annotations?.[DEFAULT_INGRESS_CLASS] === 'true';
}

/** `Kind.group/name` */
function parametersText({ spec }: IngressClass): string {
  const { parameters } = spec;
  if (!parameters) return '<none>';
  const { apiGroup, kind, name } = parameters;
  return `${apiGroup === undefined ? kind : `${kind}.${apiGroup}`}/${name}`;
}

/** Source: networking/validation, validateIngressClassSpec. */
function validate({ spec }: IngressClass): StatusCause[] {
  const { controller, parameters } = spec;
  return [
    ...(controller ? validateController(controller) : [required('spec.controller')]),
    ...(parameters ? validateParameters(parameters, 'spec.parameters') : []),
  ];
}

function validateController(controller: string): StatusCause[] {
  const field = 'spec.controller';
  const isTooLong = Buffer.byteLength(controller) > MAX_CONTROLLER;
  return [...(isTooLong ? [tooLong(field, MAX_CONTROLLER)] : []), ...validateDomainPrefixedPath(controller, field)];
}

/** `example.com/controller`; Kubernetes answers with the part that is wrong. */
function validateDomainPrefixedPath(value: string, field: string): StatusCause[] {
  const [, host, path] = /^([^/]+)\/(.+)$/s.exec(value) ?? [];
  if (host === undefined || path === undefined) {
    return [invalid(field, value, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  }
  return [...invalidEach(field, host, checkDns1123Subdomain(host)), ...invalidEach(field, path, checkHttpPath(path))];
}

function validateParameters(parameters: Parameters, path: string): StatusCause[] {
  return [...validateObjectReference(parameters, path), ...validateScope(parameters, path)];
}

function validateScope({ scope, namespace }: Parameters, path: string): StatusCause[] {
  const field = `${path}.namespace`;
  switch (scope) {
    case undefined:
      return [required(`${path}.scope`)];
    case 'Cluster':
      return namespace === undefined ? [] : [forbidden(field, "`parameters.scope` is set to 'Cluster'")];
    case 'Namespace':
      return namespace === undefined
        ? [required(field, "`parameters.scope` is set to 'Namespace'")]
        : invalidEach(field, namespace, checkDns1123Label(namespace));
    default:
      return [notSupported(`${path}.scope`, scope, SCOPES)];
  }
}
