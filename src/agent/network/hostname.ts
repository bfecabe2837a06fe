import type { Pod } from '../../api/types.ts';

/** A DNS label's longest; the kernel takes one character more. */
const MAX_HOSTNAME = 63;
const MAX_FQDN = 64;

export interface PodHostname {
  /** What `hostname` prints in the pod. */
  readonly hostname: string;
  /** `web-0` of `web-0.web.default.svc.cluster.local`. */
  readonly shortName: string;
  /** `web.default.svc.cluster.local` of a pod with a subdomain, else ''. */
  readonly domain: string;
}

/**
 * The names a pod has for itself.
 * @throws RangeError in kubelet's words when setHostnameAsFQDN makes more than the kernel's 64 characters
 * Source: kubelet, GeneratePodHostNameAndDomain, truncatePodHostnameIfNeeded.
 */
export function podHostname({ metadata, spec }: Pod, clusterDomain: string): PodHostname {
  if (spec.hostnameOverride) return { hostname: spec.hostnameOverride, shortName: spec.hostnameOverride, domain: '' };
  const shortName = truncate(spec.hostname || metadata.name);
  const domain = spec.subdomain ? `${spec.subdomain}.${metadata.namespace ?? 'default'}.svc.${clusterDomain}` : '';
  if (!spec.setHostnameAsFQDN || domain === '') return { hostname: shortName, shortName, domain };
  const fqdn = `${shortName}.${domain}`;
  if (fqdn.length > MAX_FQDN)
    throw new RangeError(
      `Failed to construct FQDN from pod hostname and cluster domain, FQDN ${fqdn} is too long (${MAX_FQDN} characters is the max, ${fqdn.length} characters requested)`,
    );
  return { hostname: fqdn, shortName, domain };
}

/** Cut to a label's length, never ending in what a label may not end in. */
function truncate(name: string): string {
  return name.length <= MAX_HOSTNAME ? name : name.slice(0, MAX_HOSTNAME).replace(/[-.]+$/, '');
}
