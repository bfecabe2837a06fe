import type { Pod } from '../../api/types.ts';
import { type Reference, referencesOf, referenceText } from '../../rpc/pod-references.ts';
import type { Assignments } from '../assignments.ts';

/**
 * Tells two states of all that a pod's volumes and environment are made from apart; '' when that is nothing but its spec. Of
 * the pod itself labels and annotations count, where a volume shows them: all else of it cannot change.
 */
export function sourcesVersion(pod: Pod, sources: Pick<Assignments, 'configMap' | 'secret' | 'claim'>): string {
  const named = referencesOf(pod).map((reference) => {
    const found = look(reference, sources);
    const { uid = '', resourceVersion = '' } = found?.metadata ?? {};
    return `${referenceText(reference)}=${found ? `${uid}/${resourceVersion}` : 'none'}`;
  });
  const { labels, annotations } = pod.metadata;
  return [...named, ...(showsItself(pod) ? [JSON.stringify([labels, annotations])] : [])].join(' ');
}

function look({ kind, namespace, name }: Reference, sources: Pick<Assignments, 'configMap' | 'secret' | 'claim'>) {
  if (kind === 'PersistentVolumeClaim') return sources.claim(namespace, name);
  return kind === 'Secret' ? sources.secret(namespace, name) : sources.configMap(namespace, name);
}

function showsItself({ spec }: Pod): boolean {
  return (spec.volumes ?? []).some(
    ({ downwardAPI, projected }) => downwardAPI ?? projected?.sources?.some((source) => source.downwardAPI),
  );
}
