import { olderFirst } from '../../api/meta/older-first.ts';
import type { Ingress, IngressBackend, Service } from '../../api/types.ts';
import { type Backend, backendName, resolveBackend } from './backend.ts';
import { type CertificateView, certificatesOf, type IngressCertificate } from './certificates.ts';
import { Claims } from './claims.ts';
import { encodedPath } from './url-path.ts';

/** What is asked of the cluster besides the Ingresses. */
export interface IngressView extends CertificateView {
  service(namespace: string, name: string): Service | undefined;
}

/**
 * How a request finds its backend: `exact` compares the whole path, `prefix` its elements, `default` takes what no path of
 * the host took.
 */
export type Match = 'exact' | 'prefix' | 'default';

export interface Route {
  readonly match: Match;
  /** `foo.com`, `*.foo.com` (one label in place of the star) or `*` for all. */
  readonly host: string;
  /** Percent-encoded; of a prefix with a slash at the end: `/` or `/a/b/`. '' of a default. */
  readonly path: string;
  /** The name of a backend in the table. */
  readonly backend: string;
}

/** Something of an Ingress that is not served as it says: a Warning event. */
export interface IngressProblem {
  /** `namespace/name` */
  readonly ingress: string;
  readonly reason: string;
  readonly message: string;
}

/** What all Ingresses together say; each host and path once. */
export interface RoutingTable {
  readonly routes: readonly Route[];
  /** Those that a route leads to, by name. */
  readonly backends: ReadonlyMap<string, Backend>;
  readonly certificates: readonly IngressCertificate[];
  readonly problems: readonly IngressProblem[];
}

const EVERY_HOST = '*';

/**
 * Brings Ingresses together. Of two that claim the same, the older one has it.
 * Source: kubernetes.io, "Ingress": path types, multiple matches, hostname wildcards, DefaultBackend.
 * @param ingresses those of our class, in any order
 */
export function routingTable(ingresses: readonly Ingress[], view: IngressView): RoutingTable {
  const oldestFirst = ingresses.toSorted(olderFirst);
  const backends = new Map<string, Backend>();
  const problems: IngressProblem[] = [];
  const claims = new Claims<Route>();
  const claim = (ingress: Ingress, route: Omit<Route, 'backend'>, to: IngressBackend): void => {
    const tell = (reason: string, message: string) => problems.push({ ingress: keyOf(ingress), reason, message });
    const backend = resolveBackend(ingress.metadata.namespace ?? '', to, view);
    if (!backend) return void tell('NotSupported', `${wordsOf(route)}: a backend that is no Service is not served`);
    const name = backendName(backend);
    const holder = claims.take(idOf(route), { ...route, backend: name }, keyOf(ingress));
    if (holder && holder.claimed.backend !== name)
      tell('RuleConflict', `${wordsOf(route)} is served as Ingress ${holder.by} says, which is older`);
    if (holder) return;
    if (backend.problem) tell(backend.problem.reason, `${wordsOf(route)}: ${backend.problem.message}`);
    backends.set(name, backend);
  };
  for (const ingress of oldestFirst) {
    for (const [route, to] of rulesOf(ingress)) claim(ingress, route, to);
  }
  // An Ingress without rules is a default for all hosts before one that has hosts of its own.
  const withDefault = oldestFirst.filter(({ spec }) => spec.defaultBackend);
  const [bare, ruled] = [withDefault.filter((one) => hostsOf(one).length === 0), withDefault.filter(hasHosts)];
  for (const ingress of [...bare, ...ruled]) {
    const to = ingress.spec.defaultBackend;
    const own = hostsOf(ingress);
    if (to) for (const host of own.length > 0 ? own : [EVERY_HOST]) claim(ingress, defaultOf(host), to);
  }
  const [first] = bare.length > 0 ? [] : ruled;
  if (first?.spec.defaultBackend) claim(first, defaultOf(EVERY_HOST), first.spec.defaultBackend);
  const tls = certificatesOf(oldestFirst, view);
  return { routes: claims.all, backends, certificates: tls.certificates, problems: [...problems, ...tls.problems] };
}

function rulesOf({ spec }: Ingress): [Omit<Route, 'backend'>, IngressBackend][] {
  return (spec.rules ?? []).flatMap(({ host, http }) =>
    (http?.paths ?? []).map(({ path = '/', pathType, backend }): [Omit<Route, 'backend'>, IngressBackend] => {
      const encoded = encodedPath(path || '/');
      // ImplementationSpecific is ours to define: as Prefix. A slash at the end of a prefix says nothing (the docs' table).
      const isExact = pathType === 'Exact';
      const match = isExact ? 'exact' : 'prefix';
      return [
        { match, host: host || EVERY_HOST, path: isExact ? encoded : `${encoded.replace(/\/+$/, '')}/` },
        backend,
      ];
    }),
  );
}

function defaultOf(host: string): Omit<Route, 'backend'> {
  return { match: 'default', host, path: '' };
}

/** Hosts that the Ingress names. A rule without one is for all, and so is a default beside it. */
function hostsOf({ spec }: Ingress): string[] {
  const hosts = (spec.rules ?? []).map(({ host }) => host || EVERY_HOST);
  return hosts.includes(EVERY_HOST) ? [] : [...new Set(hosts)];
}

function hasHosts(ingress: Ingress): boolean {
  return hostsOf(ingress).length > 0;
}

function keyOf({ metadata }: Ingress): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function idOf({ match, host, path }: Omit<Route, 'backend'>): string {
  return `${match} ${host} ${path}`;
}

function wordsOf({ match, host, path }: Omit<Route, 'backend'>): string {
  const where = host === EVERY_HOST ? 'every host' : `host ${host}`;
  return match === 'default' ? `the default of ${where}` : `path ${path} of ${where}`;
}
