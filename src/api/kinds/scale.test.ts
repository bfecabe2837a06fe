import assert from 'node:assert/strict';
import type { ReplicationController } from '../types.ts';
import { REPLICATION_CONTROLLER } from './replication-controller.ts';
import { applyScale, SCALE, scaleOf, standardScale } from './scale.ts';

const MAPPING = standardScale<ReplicationController>(() => 'app=web');

function aController(): ReplicationController {
  return {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'web', namespace: 'default', uid: 'u', resourceVersion: '7', labels: { a: 'b' } },
    spec: { replicas: 3, selector: { app: 'web' }, template: { spec: { containers: [] } } },
    status: { replicas: 2 },
  };
}

describe('scaleOf', () => {
  it('shows what is wanted and there, under the identity of the object', () => {
    assert.deepEqual(scaleOf(aController(), MAPPING), {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'web', namespace: 'default', uid: 'u', resourceVersion: '7' },
      spec: { replicas: 3 },
      status: { replicas: 2, selector: 'app=web' },
    });
  });

  it('counts none where there is no status yet', () => {
    const { status: _none, ...fresh } = aController();
    assert.equal(scaleOf(fresh, MAPPING).status?.replicas, 0);
  });

  it('says the selector of each kind as text', () => {
    assert.equal(REPLICATION_CONTROLLER.scale?.selectorOf(aController()), 'app=web');
  });
});

describe('applyScale', () => {
  it('changes the replicas alone', () => {
    const object = aController();
    applyScale(object, { ...scaleOf(object, MAPPING), spec: { replicas: 5 } }, MAPPING);
    const expected = aController();
    expected.spec.replicas = 5;
    assert.deepEqual(object, expected);
  });

  it('takes an absent number for zero', () => {
    const object = aController();
    applyScale(object, { ...scaleOf(object, MAPPING), spec: {} }, MAPPING);
    assert.equal(object.spec.replicas, 0);
  });

  it('hands on the identity that the writer meant, or that it meant none', () => {
    const object = aController();
    const { metadata, ...rest } = scaleOf(object, MAPPING);
    applyScale(object, { ...rest, metadata: { name: 'web', uid: 'other' } }, MAPPING);
    assert.equal(object.metadata.uid, 'other');
    assert.equal(object.metadata.resourceVersion, undefined);
    assert.equal(metadata.resourceVersion, '7');
  });

  it('makes the parts of the path that are missing', () => {
    const object = { apiVersion: 'x/v1', kind: 'X', metadata: { name: 'x' } };
    applyScale(object, { ...scaleOf(object, MAPPING), spec: { replicas: 2 } }, MAPPING);
    assert.equal(scaleOf(object, MAPPING).spec?.replicas, 2);
  });
});

describe('a Scale', () => {
  it('wants no less than nothing', () => {
    const scale = { ...scaleOf(aController(), MAPPING), spec: { replicas: -1 } };
    assert.deepEqual(
      SCALE.strategy.validate(scale).map(({ field, message }) => `${field}: ${message}`),
      ['spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    );
  });
});
