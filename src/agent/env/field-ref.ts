import type { Pod } from '../../api/types.ts';

/** A pod with what only its node knows of it. */
export interface PodFacts {
  readonly pod: Pod;
  /** '' while the pod has no address. */
  readonly podIp: string;
  readonly hostIp: string;
}

/**
 * What a `fieldRef` stands for; '' for a label or annotation that lacks. The API checked the path.
 * Source: kubelet, podFieldSelectorRuntimeValue; api/fieldpath.
 */
export function fieldValue({ pod, podIp, hostIp }: PodFacts, fieldPath: string): string {
  const [, map, key] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath) ?? [];
  if (key !== undefined) return pod.metadata[map as 'labels' | 'annotations']?.[key] ?? '';
  switch (fieldPath) {
    case 'metadata.name':
      return pod.metadata.name;
    case 'metadata.namespace':
      return pod.metadata.namespace ?? '';
    case 'metadata.uid':
      return pod.metadata.uid ?? '';
    case 'metadata.labels':
      return formatMap(pod.metadata.labels);
    case 'metadata.annotations':
      return formatMap(pod.metadata.annotations);
    case 'spec.nodeName':
      return pod.spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return hostIp;
    case 'status.podIP':
    case 'status.podIPs':
      return podIp;
    default:
      return '';
  }
}

/** All labels or annotations as a downward API file shows them: `key="value"` by key, a line each. */
function formatMap(map: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(map ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${goQuoted(value)}`)
    .join('\n');
}

/** Text as Go's %q writes it: JSON's escapes but for control characters. */
function goQuoted(text: string): string {
  return JSON.stringify(text)
    .replaceAll('\\u0007', '\\a')
    .replaceAll('\\u000b', '\\v')
    .replace(/\\u00([01][0-9a-f])/g, '\\x$1');
}
