import type { Pod } from '../../api/types.ts';
import { podHostname } from './hostname.ts';

/**
 * /etc/hosts of a pod's containers, byte for byte kubelet's.
 * @param ip the pod's address
 * Source: kubelet, managedHostsFileContent.
 */
export function renderHostsFile(pod: Pod, ip: string, clusterDomain: string): string {
  const { shortName, domain } = podHostname(pod, clusterDomain);
  const own = domain === '' ? [ip, shortName] : [ip, `${shortName}.${domain}`, shortName];
  return [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    own.join('\t'),
    hostAliases(pod),
  ].join('\n');
}

/** The same for a pod on the node's network: the node's own file and the aliases. Source: kubelet, nodeHostsFileContent. */
export function renderHostNetworkHostsFile(pod: Pod, nodeHostsFile: string): string {
  const ending = nodeHostsFile === '' || nodeHostsFile.endsWith('\n') ? '' : '\n';
  return `# Kubernetes-managed hosts file (host network).\n${nodeHostsFile}${ending}${hostAliases(pod)}`;
}

function hostAliases({ spec }: Pod): string {
  const aliases = spec.hostAliases ?? [];
  if (aliases.length === 0) return '';
  const lines = aliases.map(({ ip, hostnames = [] }) => `${[ip, ...hostnames].join('\t')}\n`);
  return `\n# Entries added by HostAliases.\n${lines.join('')}`;
}
