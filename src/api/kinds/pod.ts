import type { KindDefinition } from '../registry.ts';
import type { Pod } from '../types.ts';
import { POD_COLUMNS } from './pod/columns.ts';
import { setPodDefaults } from './pod/defaults.ts';
import { podGracePeriodSeconds } from './pod/grace.ts';
import { applyMatchLabelKeys } from './pod/match-label-keys.ts';
import { notHonoured } from './pod/not-honoured.ts';
import { qosClass } from './pod/qos.ts';
import { validatePod } from './pod/validation/pod.ts';
import { validatePodStatusUpdate } from './pod/validation/status-update.ts';
import { validatePodUpdate } from './pod/validation/update.ts';

export const POD: KindDefinition<Pod> = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  hasStatus: true,
  hasGeneration: true,
  subresources: [
    { name: 'attach', kind: 'PodAttachOptions', verbs: ['create', 'get'] },
    { name: 'binding', kind: 'Binding', verbs: ['create'] },
    { name: 'exec', kind: 'PodExecOptions', verbs: ['create', 'get'] },
    { name: 'log', kind: 'Pod', verbs: ['get'] },
    { name: 'portforward', kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
    { name: 'proxy', kind: 'PodProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
  ],
  selectableFields: (pod) => ({
    'spec.nodeName': pod.spec.nodeName ?? '',
    'spec.restartPolicy': pod.spec.restartPolicy ?? '',
    'spec.schedulerName': pod.spec.schedulerName ?? '',
    'spec.serviceAccountName': pod.spec.serviceAccountName ?? '',
    'spec.hostNetwork': String(pod.spec.hostNetwork ?? false),
    'status.phase': pod.status?.phase ?? '',
    'status.podIP': pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP ?? '',
    'status.podIPs': (pod.status?.podIPs ?? []).map(({ ip }) => ip).join(','),
    'status.nominatedNodeName': pod.status?.nominatedNodeName ?? '',
  }),
  columns: POD_COLUMNS,
  strategy: {
    setDefaults: setPodDefaults,
    prepareForCreate(pod) {
      setInitialStatus(pod);
      applyMatchLabelKeys(pod);
    },
    validate: validatePod,
    validateUpdate: validatePodUpdate,
    validateStatusUpdate: validatePodStatusUpdate,
    warnings: notHonoured,
    gracePeriodSeconds: podGracePeriodSeconds,
  },
};

/** Whatever status a client sent is dropped; a pod that waits for its gates says so from the start. */
function setInitialStatus(pod: Pod): void {
  pod.status = { phase: 'Pending', qosClass: qosClass(pod.spec) };
  if (!pod.spec.schedulingGates?.length) return;
  pod.status.conditions = [
    {
      type: 'PodScheduled',
      status: 'False',
      reason: 'SchedulingGated',
      message: 'Scheduling is blocked due to non-empty scheduling gates',
    },
  ];
}
