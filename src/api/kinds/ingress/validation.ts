import { isIP } from 'node:net';
import type { StatusCause } from '../../meta/errors.ts';
import { invalid, invalidEach, notSupported, ofEach, required } from '../../meta/field-errors.ts';
import {
  checkDns1035Label,
  checkDns1123Subdomain,
  checkIpAddress,
  checkPortName,
  checkPortNumber,
  checkWildcardDns1123Subdomain,
} from '../../meta/validation.ts';
import type { Ingress, IngressBackend } from '../../types.ts';
import { INGRESS_CLASS_ANNOTATION } from './names.ts';
import { validateObjectReference } from './object-reference.ts';

type Rule = NonNullable<Ingress['spec']['rules']>[number];
type Path = NonNullable<Rule['http']>['paths'][number];
type Tls = NonNullable<Ingress['spec']['tls']>[number];
type Service = NonNullable<IngressBackend['service']>;

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
/** What a server would take for another path. */
const FORBIDDEN_PARTS = ['//', '/./', '/../', '%2f', '%2F'];
const FORBIDDEN_ENDS = ['/..', '/.'];
const NOT_AN_IP = 'must be a DNS name, not an IP address';

/** Source: networking/validation, ValidateIngressSpec; the causes keep its order. */
export function validate({ spec }: Ingress): StatusCause[] {
  const { rules, defaultBackend, tls, ingressClassName: className } = spec;
  return [
    ...(rules?.length || defaultBackend
      ? []
      : [invalid('spec', rules ?? null, 'either `defaultBackend` or `rules` must be specified')]),
    ...(defaultBackend ? validateBackend(defaultBackend, 'spec.defaultBackend') : []),
    ...ofEach(rules, 'spec.rules', validateRule),
    ...ofEach(tls, 'spec.tls', validateTls),
    ...(className === undefined
      ? []
      : invalidEach('spec.ingressClassName', className, checkDns1123Subdomain(className))),
  ];
}

/** Objects that are there may say both: controllers of old rewrote the annotation. */
export function validateCreate({ metadata, spec }: Ingress): StatusCause[] {
  const annotation = metadata.annotations?.[INGRESS_CLASS_ANNOTATION];
  const isClash =
    annotation !== undefined && spec.ingressClassName !== undefined && annotation !== spec.ingressClassName;
  const field = `annotations.${INGRESS_CLASS_ANNOTATION}`;
  return isClash ? [invalid(field, annotation, 'must match `ingressClassName` when both are specified')] : [];
}

/** Source: networking/validation, ValidateIngressLoadBalancerStatus. */
export function validateStatusUpdate({ status }: Ingress): StatusCause[] {
  return ofEach(status?.loadBalancer?.ingress, 'status.loadBalancer.ingress', ({ ip, hostname }, path) => [
    ...(ip ? invalidEach(`${path}.ip`, ip, checkIpAddress(ip)) : []),
    ...(hostname ? invalidEach(`${path}.hostname`, hostname, checkDns1123Subdomain(hostname)) : []),
    ...(hostname && isIP(hostname) ? [invalid(`${path}.hostname`, hostname, NOT_AN_IP)] : []),
  ]);
}

function validateRule({ host, http }: Rule, path: string): StatusCause[] {
  const paths = `${path}.http.paths`;
  return [
    ...(host && isIP(host) ? [invalid(`${path}.host`, host, NOT_AN_IP)] : []),
    ...(host ? invalidEach(`${path}.host`, host, checkHost(host)) : []),
    ...(http && !http.paths?.length ? [required(paths)] : []),
    ...ofEach(http?.paths, paths, validatePath),
  ];
}

function checkHost(host: string): string[] {
  return host.includes('*') ? checkWildcardDns1123Subdomain(host) : checkDns1123Subdomain(host);
}

function validatePath({ path = '', pathType, backend }: Path, field: string): StatusCause[] {
  if (pathType === undefined) return [required(`${field}.pathType`, 'pathType must be specified')];
  return [
    ...(PATH_TYPES.includes(pathType)
      ? invalidEach(`${field}.path`, path, checkPath(path, pathType))
      : [notSupported(`${field}.pathType`, pathType, PATH_TYPES)]),
    ...validateBackend(backend ?? {}, `${field}.backend`),
  ];
}

/** What a path means is its controller's affair when the type says so; it is absolute even then. */
function checkPath(path: string, type: Path['pathType']): string[] {
  const isFree = type === 'ImplementationSpecific';
  if (isFree && path === '') return [];
  return [
    ...(path.startsWith('/') ? [] : ['must be an absolute path']),
    ...(isFree
      ? []
      : FORBIDDEN_PARTS.filter((part) => path.includes(part)).map((part) => `must not contain '${part}'`)),
    ...(isFree ? [] : FORBIDDEN_ENDS.filter((end) => path.endsWith(end)).map((end) => `cannot end with '${end}'`)),
  ];
}

function validateBackend({ resource, service }: IngressBackend, path: string): StatusCause[] {
  if (resource && service) return [invalid(path, '', 'cannot set both resource and service backends')];
  if (resource) return validateObjectReference(resource, `${path}.resource`);
  if (service) return [...validateServiceName(service, `${path}.service`), ...validateServicePort(service, path)];
  return [invalid(path, '', 'resource or service backend is required')];
}

function validateServiceName({ name }: Service, path: string): StatusCause[] {
  return name ? invalidEach(`${path}.name`, name, checkDns1035Label(name)) : [required(`${path}.name`)];
}

/** By name or by number, never both. */
function validateServicePort({ port }: Service, path: string): StatusCause[] {
  const { name, number } = port ?? {};
  if (name && number) return [invalid(path, '', 'cannot set both port name & port number')];
  if (name) return invalidEach(`${path}.service.port.name`, name, checkPortName(name));
  if (number) return invalidEach(`${path}.service.port.number`, number, checkPortNumber(number));
  return [required(path, 'port name or number is required')];
}

function validateTls({ hosts, secretName }: Tls, path: string): StatusCause[] {
  return [
    ...ofEach(hosts, `${path}.hosts`, (host, field) => invalidEach(field, host, checkHost(host))),
    ...(secretName ? invalidEach(`${path}.secretName`, secretName, checkDns1123Subdomain(secretName)) : []),
  ];
}
