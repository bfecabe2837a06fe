import { addDefaultTolerations, setServiceAccount } from '../../../api/kinds/pod/admission.ts';
import type { Pod } from '../../../api/types.ts';
import type { AdmissionPlugin, AdmissionRequest } from './chain.ts';

/** A step that changes new pods and nothing else. */
function podPlugin(name: string, change: (pod: Pod) => void): AdmissionPlugin {
  return {
    name,
    mutate({ operation, kind, subresource, object }: AdmissionRequest): void {
      const isNewPod = operation === 'CREATE' && kind.group === '' && kind.plural === 'pods' && subresource === '';
      if (isNewPod) change(object as Pod);
    },
  };
}

/** Every pod runs as some service account. */
export function serviceAccount(): AdmissionPlugin {
  return podPlugin('ServiceAccount', setServiceAccount);
}

/** @param seconds how long a pod stays on a node that is lost, unless it says otherwise. */
export function defaultTolerationSeconds(seconds: number): AdmissionPlugin {
  return podPlugin('DefaultTolerationSeconds', (pod) => addDefaultTolerations(pod, seconds));
}
