import { addDefaultTolerations } from '../../../api/kinds/pod/admission.ts';
import { POD } from '../../../api/kinds/pod.ts';
import type { Pod } from '../../../api/types.ts';
import { type AdmissionPlugin, isOf } from './chain.ts';

/** @param seconds how long a pod stays on a node that is lost, unless it says otherwise. */
export function defaultTolerationSeconds(seconds: number): AdmissionPlugin {
  return {
    name: 'DefaultTolerationSeconds',
    mutate(request) {
      const isNewPod = request.operation === 'CREATE' && request.subresource === '' && isOf(request, POD);
      if (isNewPod) addDefaultTolerations(request.object as Pod, seconds);
    },
  };
}
