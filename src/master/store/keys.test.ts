import assert from 'node:assert/strict';
import type { KindDefinition } from '../../api/registry.ts';
import { decodeStored, encodeStored, storageKey, storagePrefix } from './keys.ts';
import { prefixEnd, rangeStart, segmentOf } from './prefix.ts';

function aKind(group: string, plural: string, namespaced = true): KindDefinition {
  const names = { group, version: 'v1', kind: plural, plural, singular: plural, namespaced };
  return { ...names, hasStatus: false, hasGeneration: false, columns: [], strategy: { validate: () => [] } };
}

const coreEvents = aKind('', 'events');
const newEvents: KindDefinition = {
  ...aKind('events.k8s.io', 'events'),
  storedAs: { kind: coreEvents, toStored: (object) => object, fromStored: (object) => object },
};

describe('storageKey', () => {
  const cases: [KindDefinition, { namespace: string; name: string }, string][] = [
    [aKind('', 'pods'), { namespace: 'default', name: 'web-0' }, 'pods/default/web-0'],
    [aKind('', 'nodes', false), { namespace: '', name: 'pi-1' }, 'nodes/pi-1'],
    [aKind('apps', 'deployments'), { namespace: 'default', name: 'web' }, 'deployments.apps/default/web'],
    [
      aKind('coordination.k8s.io', 'leases'),
      { namespace: 'kube-node-lease', name: 'pi-1' },
      'leases/kube-node-lease/pi-1',
    ],
    [newEvents, { namespace: 'default', name: 'e' }, 'events/default/e'],
  ];
  for (const [kind, key, expected] of cases) it(`is ${expected}`, () => assert.equal(storageKey(kind, key), expected));
});

describe('storagePrefix', () => {
  it('covers a kind, or a namespace of it', () => {
    assert.equal(storagePrefix(aKind('', 'pods')), 'pods/');
    assert.equal(storagePrefix(aKind('', 'pods'), 'default'), 'pods/default/');
    assert.equal(storagePrefix(aKind('', 'nodes', false), 'default'), 'nodes/');
  });
});

describe('encodeStored and decodeStored', () => {
  it('leave the revision out and put it back', () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', resourceVersion: '7' } };
    const value = encodeStored(pod);
    assert.equal(value, '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}');
    assert.equal(pod.metadata.resourceVersion, '7');
    assert.deepEqual(decodeStored({ key: 'pods/x/a', value, revision: 9 }).metadata, {
      name: 'a',
      resourceVersion: '9',
    });
  });
});

describe('a key range', () => {
  it('ends behind the last key of its prefix and begins behind the key to go on from', () => {
    assert.equal(segmentOf('pods/default/a'), 'pods/');
    assert.ok('pods/~' < prefixEnd('pods/') && prefixEnd('pods/') < 'podz');
    assert.equal(rangeStart('pods/', undefined), 'pods/');
    assert.ok(rangeStart('pods/', 'pods/a') > 'pods/a' && rangeStart('pods/', 'pods/a') < 'pods/a-');
    assert.equal(rangeStart('pods/', 'a'), 'pods/');
  });
});
