import assert from 'node:assert/strict';
import type { PriorityClass } from '../types.ts';
import { PRIORITY_CLASS, SYSTEM_PRIORITY_CLASSES } from './priority-class.ts';

const { strategy } = PRIORITY_CLASS;

function aClass(part: Partial<PriorityClass> = {}, name = 'high'): PriorityClass {
  const made: PriorityClass = {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value: 1000,
    ...part,
  };
  strategy.setDefaults?.(made);
  return made;
}

const RESERVED =
  "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error:";

describe('a PriorityClass', () => {
  const cases: [priorityClass: PriorityClass, causes: string[]][] = [
    [aClass(), []],
    [
      aClass({ value: 1_000_000_001 }),
      ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
    ],
    [aClass({}, 'system-mine'), [`${RESERVED} system-mine is not a known system priority class`]],
    [
      aClass({}, 'system-node-critical'),
      [`${RESERVED} value of system-node-critical PriorityClass must be 2000001000`],
    ],
    [
      aClass({ preemptionPolicy: 'Maybe' as 'Never' }),
      ['preemptionPolicy: Unsupported value: "Maybe": supported values: "PreemptLowerPriority", "Never"'],
    ],
    ...SYSTEM_PRIORITY_CLASSES.map((one): [PriorityClass, string[]] => [one, []]),
  ];
  for (const [priorityClass, causes] of cases) {
    it(`${causes.length > 0 ? 'refuses' : 'accepts'} ${priorityClass.metadata.name} ${priorityClass.value} ${priorityClass.preemptionPolicy ?? ''}`, () => {
      assert.deepEqual(
        strategy.validate(priorityClass).map(({ field, message }) => `${field}: ${message}`),
        causes,
      );
    });
  }

  it('keeps its value and its policy', () => {
    const found = strategy.validateUpdate?.(aClass({ value: 1, preemptionPolicy: 'Never' }), aClass()) ?? [];
    assert.deepEqual(
      found.map(({ field, message }) => `${field}: ${message}`),
      [
        'value: Forbidden: may not be changed in an update.',
        'preemptionPolicy: Invalid value: "Never": field is immutable',
      ],
    );
  });
});
