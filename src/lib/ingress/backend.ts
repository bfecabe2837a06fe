import type { IngressBackend, Service } from '../../api/types.ts';

/** A Service's port as an Ingress names it. */
export interface Backend {
  readonly namespace: string;
  readonly service: string;
  /** `80` or `http`, as the Ingress has it. */
  readonly port: string;
  /** The port's name in the Service, which its slices have too; undefined when there is nothing to lead to. */
  readonly portName: string | undefined;
  /** spec.externalName: a name outside of the cluster, and the port there. */
  readonly external: { readonly host: string; readonly port: number } | undefined;
  /** Its servers speak HTTP/2 without TLS: appProtocol `kubernetes.io/h2c`. */
  readonly isHttp2: boolean;
  /** sessionAffinity ClientIP. */
  readonly isSticky: boolean;
  /** Why requests are answered with 503; undefined when they are not. */
  readonly problem: { readonly reason: string; readonly message: string } | undefined;
}

/** A host name as it may be looked up, and as it may stand in a configuration. */
const HOST_NAME = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;

/** One word, and for each Service and port another: no name in Kubernetes holds an underscore but ports', which have none either. */
export function backendName({ namespace, service, port }: Backend): string {
  return [namespace, service, port].map((part) => part.replace(/[^A-Za-z0-9.-]/g, '-')).join('_');
}

/** @returns undefined for a backend that is no Service. */
export function resolveBackend(
  namespace: string,
  { service: named }: IngressBackend,
  view: { service(namespace: string, name: string): Service | undefined },
): Backend | undefined {
  if (!named) return undefined;
  const { number, name } = named.port ?? {};
  const port = name ? name : String(number ?? '');
  const none = { portName: undefined, external: undefined, isHttp2: false, isSticky: false };
  const about = { namespace, service: named.name, port };
  const failed = (reason: string, message: string): Backend => ({ ...about, ...none, problem: { reason, message } });
  const service = view.service(namespace, named.name);
  const text = `${namespace}/${named.name}`;
  if (!service) return failed('ServiceNotFound', `there is no Service ${text}`);
  const found = (service.spec.ports ?? []).find((one) => (name ? one.name === name : one.port === number));
  const { type, externalName = '', sessionAffinity } = service.spec;
  if (type === 'ExternalName') {
    const outside = { host: externalName.replace(/\.$/, ''), port: found?.port ?? number ?? 0 };
    if (!HOST_NAME.test(outside.host) || outside.port === 0)
      return failed(
        'ServicePortNotFound',
        `Service ${text} of type ExternalName has no port "${port}": give its number`,
      );
    return { ...about, ...none, external: outside, problem: undefined };
  }
  if (!found) return failed('ServicePortNotFound', `Service ${text} has no port "${port}"`);
  return {
    ...about,
    portName: found.name ?? '',
    external: undefined,
    isHttp2: found.appProtocol === 'kubernetes.io/h2c',
    isSticky: sessionAffinity === 'ClientIP',
    problem: undefined,
  };
}
