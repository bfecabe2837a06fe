import assert from 'node:assert/strict';
import { aPod } from '../../../test/lib/builders.ts';
import type { KubeObject } from '../../api/types.ts';
import type { ObjectDelta } from '../../rpc/messages.ts';
import { AssignmentStore } from './assignment-store.ts';

function delta(object: KubeObject, operation: 'PUT' | 'DELETE' = 'PUT'): ObjectDelta {
  const { namespace = '', name, uid = '', resourceVersion = '' } = object.metadata;
  const bytes = operation === 'PUT' ? Buffer.from(JSON.stringify(object)) : Buffer.alloc(0);
  return { operation, kind: object.kind, namespace, name, uid, resourceVersion, object: bytes };
}

function secret(value: string): KubeObject & { data: Record<string, string> } {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'default' }, data: { value } };
}

const A = aPod({ name: 'a', spec: { volumes: [{ name: 'v', secret: { secretName: 's' } }] } });
const B = aPod({ name: 'b' });

/** A store with a log of what it told. */
function aStore(): { store: AssignmentStore; told: string[] } {
  const store = new AssignmentStore();
  const told: string[] = [];
  store.subscribe((uid) => told.push(uid));
  return { store, told };
}

function snapshot(store: AssignmentStore, ...objects: KubeObject[]): void {
  store.beginSnapshot();
  for (const object of objects) store.apply(delta(object));
  store.endSnapshot();
}

describe('AssignmentStore', () => {
  it('is complete only when the first snapshot is whole', () => {
    const { store } = aStore();
    store.beginSnapshot();
    store.apply(delta(A));
    assert.equal(store.isComplete, false);
    store.endSnapshot();
    assert.equal(store.isComplete, true);
  });

  it('keeps what it holds until a new snapshot is whole, then lets go of what that did not name', () => {
    const { store, told } = aStore();
    snapshot(store, A, B);
    told.length = 0;
    store.beginSnapshot();
    store.apply(delta(A));
    assert.equal(store.pods.size, 2);
    store.endSnapshot();
    assert.deepEqual([...store.pods.keys()], ['uid-of-a']);
    assert.deepEqual(told, ['uid-of-b']);
  });

  it('tells nobody of a pod that is sent again unchanged', () => {
    const { store, told } = aStore();
    snapshot(store, A);
    told.length = 0;
    snapshot(store, A);
    assert.deepEqual(told, []);
  });

  it('tells the pods that name a Secret when it changes, and no others', () => {
    const { store, told } = aStore();
    snapshot(store, secret('1'), A, B);
    told.length = 0;
    store.apply(delta(secret('2')));
    assert.deepEqual(told, ['uid-of-a']);
    assert.deepEqual(store.secret('default', 's'), secret('2'));
  });

  it('forgets a deleted pod', () => {
    const { store } = aStore();
    snapshot(store, A);
    store.apply(delta(A, 'DELETE'));
    assert.equal(store.pods.size, 0);
  });

  it('tells of Ingresses and of Secrets, which they may name, and of the first snapshot', () => {
    const { store } = aStore();
    let told = 0;
    store.onIngresses(() => told++);
    const ingress = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'i', namespace: 'default' },
    };
    snapshot(store, ingress, secret('1'));
    assert.deepEqual([[...store.ingresses.keys()], told], [['default/i'], 3]);
    snapshot(store, ingress, secret('1'));
    assert.equal(told, 3, 'nothing has changed');
    store.apply(delta(secret('2')));
    snapshot(store);
    assert.deepEqual([store.ingresses.size, told], [0, 6]);
  });

  it('says which changes of endpoints it holds, and not while a slice is ahead of the count or a snapshot comes in', () => {
    const { store } = aStore();
    const seen: unknown[] = [];
    store.onProgress(() => seen.push(store.endpoints));
    const slice = (port: number) =>
      ({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'web', namespace: 'default' },
        addressType: 'IPv4',
        ports: [{ port }],
      }) as KubeObject;
    store.beginSnapshot();
    store.apply(delta(slice(80)));
    store.noteProgress({ sent: 5, everywhere: 4 });
    assert.deepEqual(store.endpoints, { held: 0, isCounted: false, everywhere: 4 });
    store.endSnapshot();
    assert.deepEqual(store.endpoints, { held: 5, isCounted: true, everywhere: 4 });
    store.apply(delta(slice(81)));
    store.noteProgress({ sent: 5, everywhere: 5 });
    assert.deepEqual(store.endpoints, { held: 5, isCounted: false, everywhere: 5 });
    store.noteProgress({ sent: 6, everywhere: 5 });
    assert.deepEqual(store.endpoints, { held: 6, isCounted: true, everywhere: 5 });
    store.beginSnapshot();
    assert.deepEqual(store.endpoints, { held: 0, isCounted: false, everywhere: 0 });
    assert.equal(seen.length, 6);
  });
});
