import { immutable, withoutRepeats } from '../meta/field-errors.ts';
import type { KindDefinition } from '../registry.ts';
import type { DaemonSet } from '../types.ts';
import { AGE, NAME } from './columns.ts';
import {
  nextTemplateGeneration,
  setTemplateGeneration,
  templateGenerationOf,
} from './daemon-set/template-generation.ts';
import { validateDaemonSetSpec, validateDaemonSetStatus } from './daemon-set/validation.ts';
import { isSame } from './pod/validation/difference.ts';
import { containerColumns, count, text, wide } from './workload/columns.ts';
import { labelsText, selectorText } from './workload/selector.ts';
import { givenSpec, setTemplateDefaults, templateWarnings } from './workload/template.ts';

export const DAEMON_SET: KindDefinition<DaemonSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  singular: 'daemonset',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  hasStatus: true,
  hasGeneration: true,
  columns: [
    NAME,
    count('Desired', 'Nodes that should run its pod.', ({ status }) => status?.desiredNumberScheduled ?? 0),
    count('Current', 'Nodes that run it and should.', ({ status }) => status?.currentNumberScheduled ?? 0),
    count('Ready', 'Nodes on which it is ready.', ({ status }) => status?.numberReady ?? 0),
    count('Up-to-date', 'Nodes with the newest template.', ({ status }) => status?.updatedNumberScheduled ?? 0),
    count('Available', 'Nodes on which it is ready for long enough.', ({ status }) => status?.numberAvailable ?? 0),
    text('Node Selector', 'Labels of the nodes that it is for.', nodeSelectorCell),
    AGE,
    ...containerColumns<DaemonSet>(({ spec }) => spec.template),
    wide('Selector', 'Labels of the pods that it owns.', ({ spec }) => selectorText(spec.selector) || '<none>'),
  ],
  strategy: {
    setDefaults,
    prepareForCreate(set) {
      setTemplateGeneration(set, Math.max(templateGenerationOf(set) ?? 1, 1));
      set.status = { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 };
    },
    prepareForUpdate(set, old) {
      setTemplateGeneration(set, nextTemplateGeneration(set, old));
    },
    validate: ({ spec }) => withoutRepeats(validateDaemonSetSpec(spec)),
    validateUpdate: ({ spec }, { spec: old }) =>
      isSame(spec.selector, old.selector) ? [] : [immutable('spec.selector', spec.selector)],
    validateStatusUpdate: ({ status }, { status: old }) => validateDaemonSetStatus(status, old),
    warnings: ({ spec }) => templateWarnings(spec.template, 'spec.template'),
  },
};

function nodeSelectorCell({ spec }: DaemonSet): string {
  return labelsText(spec.template.spec.nodeSelector) || '<none>';
}

function setDefaults(set: DaemonSet): void {
  const spec = givenSpec(set);
  spec.revisionHistoryLimit ??= 10;
  setTemplateDefaults(spec);
  spec.updateStrategy ??= {};
  const { updateStrategy: strategy } = spec;
  strategy.type ||= 'RollingUpdate';
  if (strategy.type !== 'RollingUpdate') return;
  strategy.rollingUpdate ??= {};
  strategy.rollingUpdate.maxUnavailable ??= 1;
  strategy.rollingUpdate.maxSurge ??= 0;
}
