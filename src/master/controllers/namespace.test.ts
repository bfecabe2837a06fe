import assert from 'node:assert/strict';
import { aPod } from '../../../test/lib/builders.ts';
import { CONFIG_MAP } from '../../api/kinds/config-map.ts';
import { POD } from '../../api/kinds/pod.ts';
import type { Namespace } from '../../api/types.ts';
import { plan } from './namespace.ts';

const active: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
const terminating: Namespace = { ...active, metadata: { name: 'shop', deletionTimestamp: '2026-01-01T00:00:00Z' } };
const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'shop' } };
const pod = aPod({ namespace: 'shop' });

describe('the namespace controller', () => {
  it('leaves an active namespace alone', () => {
    assert.deepEqual(plan(active, [{ kind: POD, objects: [pod] }]), []);
  });

  it('deletes pods before anything else', () => {
    const remaining = [
      { kind: CONFIG_MAP, objects: [config] },
      { kind: POD, objects: [pod] },
    ];
    assert.deepEqual(plan(terminating, remaining), [{ do: 'delete', kind: POD, object: pod }]);
  });

  it('waits for pods that are terminating already', () => {
    const remaining = [
      { kind: CONFIG_MAP, objects: [config] },
      { kind: POD, objects: [aPod({ namespace: 'shop', deleted: true })] },
    ];
    assert.deepEqual(plan(terminating, remaining), []);
  });

  it('deletes the rest when no pod is left', () => {
    const remaining = [
      { kind: CONFIG_MAP, objects: [config] },
      { kind: POD, objects: [] },
    ];
    assert.deepEqual(plan(terminating, remaining), [{ do: 'delete', kind: CONFIG_MAP, object: config }]);
  });

  it('lets an empty namespace go', () => {
    assert.deepEqual(plan(terminating, [{ kind: POD, objects: [] }]), [{ do: 'removeFinalizer' }]);
  });
});
