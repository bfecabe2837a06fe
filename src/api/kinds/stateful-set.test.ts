import assert from 'node:assert/strict';
import { STATEFUL_SET } from './stateful-set.ts';
import { aTemplate, aWorkload, wrongIn, wrongInStatus, wrongInUpdate } from './workload/test-workload.ts';

function aClaim(name: string) {
  return {
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
}

function mounting(name: string) {
  const container = { name: 'c', image: 'nginx', volumeMounts: [{ name, mountPath: '/data' }] };
  return { ...aTemplate(), spec: { containers: [container] } };
}

describe('a StatefulSet', () => {
  it('gets every default', () => {
    const { template: _template, selector: _selector, ...rest } = aWorkload(STATEFUL_SET).spec;
    assert.deepEqual(rest, {
      replicas: 1,
      revisionHistoryLimit: 10,
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    });
    const [claim] = aWorkload(STATEFUL_SET, { volumeClaimTemplates: [aClaim('data')] }).spec.volumeClaimTemplates ?? [];
    assert.equal(claim?.kind, 'PersistentVolumeClaim');
    assert.equal(claim?.spec?.volumeMode, 'Filesystem');
    assert.deepEqual(claim?.status, { phase: 'Pending' });
  });

  it('gives a strategy that was named no steps', () => {
    const { updateStrategy } = aWorkload(STATEFUL_SET, { updateStrategy: { type: 'RollingUpdate' } }).spec;
    assert.deepEqual(updateStrategy, { type: 'RollingUpdate' });
  });

  const rows: [what: string, spec: object, wrong: string[]][] = [
    ['nothing', {}, []],
    ['a claim that is mounted', { volumeClaimTemplates: [aClaim('data')], template: mounting('data') }, []],
    [
      'a mount of nothing',
      { template: mounting('data') },
      ['spec.template.spec.containers[0].volumeMounts[0].name: Not found: "data"'],
    ],
    [
      'a claim of nothing in no way',
      { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }] },
      [
        'spec.volumeClaimTemplates[0].spec.accessModes: Required value: at least 1 access mode is required',
        'spec.volumeClaimTemplates[0].spec.resources[storage]: Required value',
      ],
    ],
    [
      'an empty selector',
      { selector: {} },
      ['spec.selector: Invalid value: {}: empty selector is invalid for statefulset'],
    ],
    [
      'a policy nobody knows',
      { podManagementPolicy: 'Random' },
      ["spec.podManagementPolicy: Invalid value: \"Random\": must be 'OrderedReady' or 'Parallel'"],
    ],
    [
      'steps of OnDelete',
      { updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } },
      [
        'spec.updateStrategy.rollingUpdate: Invalid value: {"partition":1}: only allowed for updateStrategy \'RollingUpdate\'',
      ],
    ],
    [
      'a strategy nobody knows',
      { updateStrategy: { type: 'Canary' } },
      ['spec.updateStrategy: Invalid value: {"type":"Canary"}: must be \'RollingUpdate\' or \'OnDelete\''],
    ],
    [
      'a partition below nothing, and no gap',
      { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: -1, maxUnavailable: 0 } } },
      [
        'spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0',
        'spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0',
      ],
    ],
    [
      'a first number below nothing',
      { ordinals: { start: -1 } },
      ['spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'claims that are burnt',
      { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Burn' } },
      [
        'spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "Burn": supported values: "Retain", "Delete"',
      ],
    ],
  ];
  for (const [what, spec, wrong] of rows) {
    it(`with ${what} is ${wrong.length === 0 ? 'right' : 'refused'}`, () =>
      assert.deepEqual(wrongIn(STATEFUL_SET, spec), wrong));
  }

  it('changes a few fields and no others', () => {
    const changes = {
      replicas: 3,
      ordinals: { start: 1 },
      template: aTemplate({ app: 'web', a: 'b' }),
      updateStrategy: { type: 'OnDelete' },
      revisionHistoryLimit: 2,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' },
      minReadySeconds: 5,
    };
    assert.deepEqual(wrongInUpdate(STATEFUL_SET, changes), []);
    const sentence =
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
    for (const change of [
      { serviceName: 'db' },
      { podManagementPolicy: 'Parallel' },
      { volumeClaimTemplates: [aClaim('data')] },
      { selector: { matchLabels: { a: 'b' } } },
    ]) {
      assert.deepEqual(wrongInUpdate(STATEFUL_SET, change), [sentence]);
    }
  });

  it('has a name that can be a hostname', () => {
    assert.deepEqual(STATEFUL_SET.strategy.validateName?.('my.db'), ['must not contain dots']);
  });

  it('has a status that adds up', () => {
    assert.deepEqual(
      wrongInStatus(STATEFUL_SET, { replicas: 1, readyReplicas: 1, currentReplicas: 2, availableReplicas: 1 }),
      ['status.currentReplicas: Invalid value: 2: cannot be greater than status.replicas'],
    );
  });
});
