import { isIPv4 } from 'node:net';
import type { Answer, Question } from 'dns-packet';
import { isHeadless } from '../../api/kinds/service/traits.ts';
import type { Service } from '../../api/types.ts';
import type { NamedEndpoint, ServiceIndex } from './service-index.ts';

/** Seconds a client may remember: endpoints change within moments. CoreDNS' default. */
const TTL = 5;
/** Of the Kubernetes DNS specification that this keeps. */
const SPECIFICATION = '1.1.0';

export type ZoneReply =
  /** The name is none of this zone: others are to be asked. */
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'answer'; readonly answers: readonly Answer[]; readonly additionals: readonly Answer[] }
  /** The name is there, but nothing of this type. */
  | { readonly kind: 'noData'; readonly authority: Answer }
  | { readonly kind: 'noName'; readonly authority: Answer }
  /** An ExternalName: its CNAME, and the name that is to be resolved for the rest of the answer. */
  | { readonly kind: 'alias'; readonly answer: Answer; readonly target: string };

/** What a name of the zone stands for; absent lists are nothing of that type. */
interface Records {
  readonly a?: readonly string[];
  readonly srv?: readonly { readonly target: string; readonly port: number; readonly ip: string }[];
  readonly txt?: string;
  readonly cname?: string;
}

/**
 * Answers a question about the cluster's names, or about the addresses of its Services.
 * Source: Kubernetes DNS-Based Service Discovery, version 1.1.0.
 * @param zone `cluster.local`
 * @param shuffle brings addresses into another order each time, so that clients spread
 */
export function answerFromZone(
  { name: asked, type }: Question,
  { zone, index }: { readonly zone: string; readonly index: ServiceIndex },
  shuffle: <T>(items: readonly T[]) => readonly T[],
): ZoneReply {
  const name = asked.toLowerCase().replace(/\.$/, '');
  if (name.endsWith('.in-addr.arpa')) return reverse(asked, type, { zone, index });
  if (name !== zone && !name.endsWith(`.${zone}`)) return { kind: 'elsewhere' };
  const authority = startOfAuthority(zone);
  const labels = name === zone ? [] : name.slice(0, -zone.length - 1).split('.');
  if (labels.length === 0) {
    return type === 'SOA' ? { kind: 'answer', answers: [authority], additionals: [] } : { kind: 'noData', authority };
  }
  const records = lookUp(labels, { zone, index });
  if (!records) return { kind: 'noName', authority };
  if (records.cname) {
    return {
      kind: 'alias',
      answer: { name: asked, type: 'CNAME', ttl: TTL, data: records.cname },
      target: records.cname,
    };
  }
  const answers = shuffle(render(asked, type, records));
  if (answers.length === 0) return { kind: 'noData', authority };
  return { kind: 'answer', answers, additionals: type === 'SRV' ? addressesOf(records) : [] };
}

function render(name: string, type: string, { a = [], srv = [], txt }: Records): Answer[] {
  const common = { name, ttl: TTL };
  switch (type) {
    case 'A':
      return a.map((data) => ({ ...common, type: 'A', data }));
    case 'SRV':
      return srv.map(({ target, port }) => ({
        ...common,
        type: 'SRV',
        data: { priority: 0, weight: Math.max(1, Math.floor(100 / srv.length)), port, target },
      }));
    case 'TXT':
      return txt === undefined ? [] : [{ ...common, type: 'TXT', data: txt }];
    default:
      return [];
  }
}

function addressesOf({ srv = [] }: Records): Answer[] {
  const byTarget = new Map(srv.map(({ target, ip }) => [`${target} ${ip}`, { target, ip }]));
  return [...byTarget.values()].map(({ target, ip }) => ({ name: target, type: 'A', ttl: TTL, data: ip }));
}

/** @param labels without the zone's. @returns undefined when there is no such name */
function lookUp(labels: readonly string[], where: { readonly zone: string; readonly index: ServiceIndex }) {
  const [kind, namespace = '', ...rest] = labels.toReversed();
  if (labels.length === 1 && kind === 'dns-version') return { txt: SPECIFICATION };
  if (kind === 'pod') return podName(namespace, rest);
  if (kind !== 'svc') return undefined;
  if (namespace === '') return {};
  const [name, ...below] = rest;
  if (name === undefined) return where.index.hasNamespace(namespace) ? {} : undefined;
  const service = where.index.service(namespace, name);
  return service && serviceName(service, below.toReversed(), where);
}

/** `10-42-1-2.default.pod`: any address, without a look whether there is such a pod. */
function podName(namespace: string, [host, ...more]: readonly string[]): Records | undefined {
  if (namespace === '' || host === undefined) return {};
  const ip = host.replaceAll('-', '.');
  return more.length === 0 && isIPv4(ip) ? { a: [ip] } : undefined;
}

function serviceName(
  service: Service,
  below: readonly string[],
  { zone, index }: { readonly zone: string; readonly index: ServiceIndex },
): Records | undefined {
  const { spec, metadata } = service;
  if (spec.type === 'ExternalName') return below.length === 0 ? { cname: spec.externalName ?? '' } : undefined;
  const own = `${metadata.name}.${metadata.namespace}.svc.${zone}`;
  const endpoints = isHeadless(spec) ? index.endpoints(service) : undefined;
  // Of a headless Service without endpoints the specification wants no such name.
  if (endpoints?.length === 0) return undefined;
  if (below.length === 0) return { a: addresses(service, endpoints), srv: portRecords(service, endpoints, { own }) };
  const [first = '', second = '', ...more] = below;
  if (more.length > 0) return undefined;
  if (second !== '') {
    const srv = portRecords(service, endpoints, { own, port: first, protocol: second });
    return srv.length > 0 ? { srv } : undefined;
  }
  if (/^_(tcp|udp|sctp)$/.test(first)) return {};
  const named = (endpoints ?? []).filter(({ host }) => host === first);
  return named.length > 0 ? { a: [...new Set(named.map(({ ip }) => ip))] } : undefined;
}

function addresses({ spec }: Service, endpoints: readonly NamedEndpoint[] | undefined): string[] {
  return endpoints ? [...new Set(endpoints.map(({ ip }) => ip))] : (spec.clusterIPs ?? []).filter(isIPv4);
}

/** @param wanted `_http` and `_tcp` where one port is asked for; all named ports otherwise */
function portRecords(
  { spec }: Service,
  endpoints: readonly NamedEndpoint[] | undefined,
  wanted: { readonly own: string; readonly port?: string; readonly protocol?: string },
): NonNullable<Records['srv']> {
  const { own, port, protocol } = wanted;
  const isWanted = (each: { readonly name?: string; readonly protocol?: string }) =>
    Boolean(each.name) &&
    (port === undefined || port === `_${each.name}`) &&
    (protocol === undefined || protocol === `_${(each.protocol ?? 'TCP').toLowerCase()}`);
  if (endpoints) {
    return endpoints.flatMap(({ ip, host, ports }) =>
      ports.filter(isWanted).map((each) => ({ target: `${host}.${own}`, port: each.port, ip })),
    );
  }
  const ip = spec.clusterIPs?.find(isIPv4) ?? '';
  return (spec.ports ?? []).filter(isWanted).map((each) => ({ target: own, port: each.port, ip }));
}

function reverse(
  asked: string,
  type: string,
  { zone, index }: { readonly zone: string; readonly index: ServiceIndex },
): ZoneReply {
  const ip = asked
    .toLowerCase()
    .replace(/\.in-addr\.arpa\.?$/, '')
    .split('.')
    .reverse()
    .join('.');
  const names = index.namesOf(ip);
  if (names.length === 0) return { kind: 'elsewhere' };
  if (type !== 'PTR') return { kind: 'noData', authority: startOfAuthority(zone) };
  const answers = names.map((name): Answer => ({ name: asked, type: 'PTR', ttl: TTL, data: `${name}.${zone}` }));
  return { kind: 'answer', answers, additionals: [] };
}

function startOfAuthority(zone: string): Answer {
  const data = {
    mname: `ns.dns.${zone}`,
    rname: `hostmaster.${zone}`,
    serial: 1,
    refresh: 7200,
    retry: 1800,
    expire: 86_400,
    // How long a refusal may be remembered: a name may come within moments.
    minimum: TTL,
  };
  return { name: zone, type: 'SOA', ttl: TTL, data };
}
