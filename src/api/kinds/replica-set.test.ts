import assert from 'node:assert/strict';
import { REPLICA_SET } from './replica-set.ts';
import { REPLICATION_CONTROLLER } from './replication-controller.ts';
import { aTemplate, aWorkload, wrongIn, wrongInStatus, wrongInUpdate } from './workload/test-workload.ts';

describe('a ReplicaSet', () => {
  it('is refused without a selector, or with one of other pods', () => {
    const mismatch =
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`';
    assert.deepEqual(wrongIn(REPLICA_SET, { selector: undefined }), ['spec.selector: Required value', mismatch]);
    assert.deepEqual(wrongIn(REPLICA_SET, { selector: { matchLabels: { app: 'db' } } }), [mismatch]);
    assert.deepEqual(wrongIn(REPLICA_SET, { minReadySeconds: -1 }), [
      'spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0',
    ]);
  });

  it('keeps its selector and changes the rest', () => {
    assert.equal(wrongInUpdate(REPLICA_SET, { selector: { matchLabels: { a: 'b' } } }).length, 1);
    assert.deepEqual(wrongInUpdate(REPLICA_SET, { replicas: 9, template: aTemplate({ app: 'web', a: 'b' }) }), []);
  });

  it('is found by how many pods it has', () => {
    const set = aWorkload(REPLICA_SET);
    assert.deepEqual(REPLICA_SET.selectableFields?.({ ...set, status: { replicas: 3 } }), { 'status.replicas': '3' });
  });

  it('has a status whose parts are no larger than the whole', () => {
    assert.deepEqual(wrongInStatus(REPLICA_SET, { replicas: 1, fullyLabeledReplicas: 2 }), [
      'status.fullyLabeledReplicas: Invalid value: 2: cannot be greater than status.replicas',
    ]);
  });
});

describe('a ReplicationController', () => {
  it('selects by, and is labelled with, what its template says', () => {
    const controller = aWorkload(REPLICATION_CONTROLLER, { selector: undefined });
    assert.deepEqual(controller.spec.selector, { app: 'web' });
    assert.deepEqual(controller.metadata.labels, { app: 'web' });
    assert.equal(controller.spec.replicas, 1);
  });

  it('needs a template, and a selector of its pods', () => {
    assert.deepEqual(wrongIn(REPLICATION_CONTROLLER, { selector: undefined, template: undefined }), [
      'spec.selector: Required value',
      'spec.template: Required value',
    ]);
    assert.deepEqual(wrongIn(REPLICATION_CONTROLLER, { selector: { app: 'db' } }), [
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ]);
    assert.deepEqual(wrongIn(REPLICATION_CONTROLLER, { selector: { app: 'web' } }), []);
  });

  it('may change its selector', () => {
    assert.deepEqual(wrongInUpdate(REPLICATION_CONTROLLER, { selector: { app: 'db' } }), []);
  });
});
