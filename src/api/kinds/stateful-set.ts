import { withoutRepeats } from '../meta/field-errors.ts';
import { checkDns1123Label } from '../meta/validation.ts';
import type { KindDefinition } from '../registry.ts';
import type { StatefulSet } from '../types.ts';
import { AGE, NAME } from './columns.ts';
import { standardScale } from './scale.ts';
import { claimWarnings, setClaimDefaults } from './stateful-set/claim-templates.ts';
import { validateStatefulSetStatus } from './stateful-set/status-update.ts';
import { validateStatefulSetSpec, validateStatefulSetUpdate } from './stateful-set/validation.ts';
import { containerColumns, text } from './workload/columns.ts';
import { selectorText } from './workload/selector.ts';
import { givenSpec, setTemplateDefaults, templateWarnings } from './workload/template.ts';

export const STATEFUL_SET: KindDefinition<StatefulSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  singular: 'statefulset',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  hasStatus: true,
  hasGeneration: true,
  scale: standardScale(({ spec }) => selectorText(spec.selector)),
  columns: [
    NAME,
    text('Ready', 'Pods that are ready, of those that there should be.', readyCell),
    AGE,
    ...containerColumns<StatefulSet>(({ spec }) => spec.template),
  ],
  strategy: {
    setDefaults,
    prepareForCreate(set) {
      set.status = { replicas: 0, availableReplicas: 0 };
    },
    validate: ({ spec }) => withoutRepeats(validateStatefulSetSpec(spec)),
    validateUpdate: ({ spec }, { spec: old }) => validateStatefulSetUpdate(spec, old),
    validateStatusUpdate: ({ status }, { status: old }) => validateStatefulSetStatus(status, old),
    // It is the hostname of its pods but for a number.
    validateName: checkDns1123Label,
    warnings: (set) => [...templateWarnings(set.spec.template, 'spec.template'), ...claimWarnings(set)],
  },
};

function readyCell({ spec, status }: StatefulSet): string {
  return `${status?.readyReplicas ?? 0}/${spec.replicas}`;
}

function setDefaults(set: StatefulSet): void {
  const spec = givenSpec(set);
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  spec.podManagementPolicy ||= 'OrderedReady';
  setTemplateDefaults(spec);
  for (const claim of spec.volumeClaimTemplates ?? []) setClaimDefaults(claim);
  spec.updateStrategy ??= {};
  const { updateStrategy: strategy } = spec;
  if (!strategy.type) {
    strategy.type = 'RollingUpdate';
    strategy.rollingUpdate ??= {};
  }
  if (strategy.type === 'RollingUpdate' && strategy.rollingUpdate) strategy.rollingUpdate.partition ??= 0;
  spec.persistentVolumeClaimRetentionPolicy ??= {};
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= 'Retain';
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= 'Retain';
}
