import { readFile } from 'node:fs/promises';
import type { Pod } from '../../api/types.ts';

export interface ResolvConf {
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  /** `ndots:5`, `edns0`. */
  readonly options: readonly string[];
}

export interface ClusterResolver {
  /** Address of the cluster's DNS; undefined while none is served: pods then ask whom the node asks. */
  readonly clusterDns: string | undefined;
  readonly clusterDomain: string;
  /** The node's own. */
  readonly node: ResolvConf;
}

/** Limits of glibc and musl that kubelet keeps. Source: Kubernetes documentation, "DNS for Services and Pods". */
const MAX_NAMESERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_LENGTH = 2048;

/** /etc/resolv.conf of a pod's containers by dnsPolicy and dnsConfig. Source: kubelet, pkg/kubelet/network/dns/dns.go. */
export function renderResolvConf(pod: Pod, resolver: ClusterResolver): string {
  const base = baseOf(pod, resolver);
  const extra = pod.spec.dnsConfig ?? {};
  const nameservers = unique([...base.nameservers, ...(extra.nameservers ?? [])]).slice(0, MAX_NAMESERVERS);
  const searches = limitSearches(unique([...base.searches, ...(extra.searches ?? [])]));
  const options = mergeOptions(
    base.options,
    (extra.options ?? []).map(({ name = '', value }) =>
      value === undefined || value === '' ? name : `${name}:${value}`,
    ),
  );
  return [
    ...(searches.length > 0 ? [`search ${searches.join(' ')}\n`] : []),
    ...nameservers.map((server) => `nameserver ${server}\n`),
    ...(options.length > 0 ? [`options ${options.join(' ')}\n`] : []),
  ].join('');
}

/** What dnsPolicy gives before dnsConfig. */
function baseOf({ metadata, spec }: Pod, { clusterDns, clusterDomain, node }: ClusterResolver): ResolvConf {
  const policy = spec.dnsPolicy ?? 'ClusterFirst';
  if (policy === 'None') return { nameservers: [], searches: [], options: [] };
  // On the node's network ClusterFirst means Default; ClusterFirstWithHostNet asks for the cluster's all the same.
  const wantsCluster = policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && !spec.hostNetwork);
  if (!wantsCluster || clusterDns === undefined) return spec.hostNetwork ? node : withoutLoopback(node);
  const services = `svc.${clusterDomain}`;
  return {
    nameservers: [clusterDns],
    searches: [`${metadata.namespace ?? 'default'}.${services}`, services, clusterDomain, ...node.searches],
    options: ['ndots:5'],
  };
}

/** A resolver on the node's 127.0.0.1 is not the pod's; where there is no other, better a wrong line than none. */
function withoutLoopback(conf: ResolvConf): ResolvConf {
  const nameservers = conf.nameservers.filter((server) => !isLoopback(server));
  return nameservers.length > 0 ? { ...conf, nameservers } : conf;
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** A later option of a name replaces an earlier one. */
function mergeOptions(base: readonly string[], extra: readonly string[]): string[] {
  const byName = new Map<string, string>();
  for (const option of [...base, ...extra]) byName.set(option.split(':')[0] ?? '', option);
  return [...byName.values()];
}

function limitSearches(searches: readonly string[]): string[] {
  const kept: string[] = [];
  for (const search of searches.slice(0, MAX_SEARCHES)) {
    if ([...kept, search].join(' ').length > MAX_SEARCH_LENGTH) break;
    kept.push(search);
  }
  return kept;
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items.filter((item) => item !== ''))];
}

/** Reads resolv.conf(5): of several `search` lines the last holds, options add up. */
export function parseResolvConf(text: string): ResolvConf {
  const nameservers: string[] = [];
  const options: string[] = [];
  let searches: readonly string[] = [];
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line
      .replace(/[#;].*$/, '')
      .trim()
      .split(/\s+/);
    if (keyword === 'nameserver' && values[0] !== undefined) nameservers.push(values[0]);
    if (keyword === 'search' || keyword === 'domain') searches = values;
    if (keyword === 'options') options.push(...values);
  }
  return { nameservers, searches, options };
}

const NODE_RESOLV_CONF = '/etc/resolv.conf';
/** systemd-resolved's real servers, where /etc/resolv.conf names only its stub on 127.0.0.53. */
const RESOLVED_RESOLV_CONF = '/run/systemd/resolve/resolv.conf';

/** The node's own resolver, from the file that names servers which pods can reach too. */
export async function readNodeResolvConf(): Promise<ResolvConf> {
  const plain = parseResolvConf(await readOr(NODE_RESOLV_CONF));
  if (!plain.nameservers.every(isLoopback)) return plain;
  const upstream = parseResolvConf(await readOr(RESOLVED_RESOLV_CONF));
  return upstream.nameservers.length > 0 ? upstream : plain;
}

/** '' for a file that is not there: a node without DNS still runs pods. */
async function readOr(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
