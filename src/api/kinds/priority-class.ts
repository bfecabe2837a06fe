import type { StatusCause } from '../meta/errors.ts';
import { forbidden, immutable, notSupported, required } from '../meta/field-errors.ts';
import type { KindDefinition } from '../registry.ts';
import type { PriorityClass } from '../types.ts';
import { AGE, NAME } from './columns.ts';
import { text } from './workload/columns.ts';

/** The classes that every cluster has: what it could not live without goes first. */
export const SYSTEM_PRIORITY_CLASSES: readonly PriorityClass[] = [
  systemClass(
    'system-cluster-critical',
    2_000_000_000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ),
  systemClass(
    'system-node-critical',
    2_000_001_000,
    'Used for system critical pods that must not be moved from their current node.',
  ),
];

const SYSTEM_PREFIX = 'system-';
const HIGHEST_USER_VALUE = 1_000_000_000;
const POLICIES = ['PreemptLowerPriority', 'Never'];

export const PRIORITY_CLASS: KindDefinition<PriorityClass> = {
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  singular: 'priorityclass',
  shortNames: ['pc'],
  namespaced: false,
  hasStatus: false,
  hasGeneration: true,
  columns: [
    NAME,
    { ...text<PriorityClass>('Value', 'The higher, the earlier.', ({ value }) => value ?? 0), type: 'integer' },
    {
      name: 'Global-Default',
      type: 'boolean',
      description: 'Whether pods that name no class are of this one.',
      priority: 0,
      cell: ({ globalDefault }) => globalDefault ?? false,
    },
    AGE,
    text(
      'PreemptionPolicy',
      'Whether pods of this class may push out others.',
      ({ preemptionPolicy }) => preemptionPolicy ?? '',
    ),
  ],
  strategy: {
    setDefaults(priorityClass) {
      priorityClass.value ??= 0;
      priorityClass.preemptionPolicy ??= 'PreemptLowerPriority';
    },
    validate,
    validateUpdate: (now, old) => [
      ...(now.value === old.value ? [] : [forbidden('value', 'may not be changed in an update.')]),
      ...(now.preemptionPolicy === old.preemptionPolicy ? [] : [immutable('preemptionPolicy', now.preemptionPolicy)]),
    ],
  },
};

/** Source: scheduling/validation, ValidatePriorityClass. */
function validate(priorityClass: PriorityClass): StatusCause[] {
  const { metadata, value = 0, preemptionPolicy } = priorityClass;
  return [
    ...(metadata.name?.startsWith(SYSTEM_PREFIX) ? systemCauses(priorityClass) : valueCauses(value)),
    ...policyCauses(preemptionPolicy),
  ];
}

function valueCauses(value: number): StatusCause[] {
  if (value <= HIGHEST_USER_VALUE) return [];
  return [forbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST_USER_VALUE}`)];
}

function systemCauses({ metadata: { name }, value, globalDefault = false }: PriorityClass): StatusCause[] {
  const refuse = (why: string) => {
    const text = `priority class names with '${SYSTEM_PREFIX}' prefix are reserved for system use only. error: ${why}`;
    return [forbidden('metadata.name', text)];
  };
  const known = SYSTEM_PRIORITY_CLASSES.find((one) => one.metadata.name === name);
  if (!known) return refuse(`${name} is not a known system priority class`);
  if (known.value !== value) return refuse(`value of ${name} PriorityClass must be ${known.value}`);
  return globalDefault ? refuse(`globalDefault of ${name} PriorityClass must be false`) : [];
}

function policyCauses(policy: string | undefined): StatusCause[] {
  if (policy === '') return [required('preemptionPolicy')];
  return policy === undefined || POLICIES.includes(policy) ? [] : [notSupported('preemptionPolicy', policy, POLICIES)];
}

function systemClass(name: string, value: number, description: string): PriorityClass {
  return { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value, description };
}
