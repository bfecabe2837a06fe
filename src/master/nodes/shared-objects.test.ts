import assert from 'node:assert/strict';
import { aNode } from '../../../test/lib/builders.ts';
import { INGRESS } from '../../api/kinds/ingress.ts';
import { BRAMBLE_CLASS, INGRESS_CLASS } from '../../api/kinds/ingress-class.ts';
import type { KindDefinition } from '../../api/registry.ts';
import type { EndpointSlice, Ingress, KubeObject } from '../../api/types.ts';
import type { Change, ObjectCache } from '../resource-client.ts';
import { peerOf, SharedObjects, sharedService, sharedSlice } from './shared-objects.ts';

describe('peerOf', () => {
  const node = aNode('pi-1', { labels: { secret: 'x' }, spec: { podCIDR: '10.42.3.0/24' } });
  const addresses = [
    { type: 'Hostname', address: 'pi-1' },
    { type: 'InternalIP', address: '192.168.77.13' },
  ];

  it('is name, range and address, and nothing else of the Node', () => {
    assert.deepEqual(peerOf({ ...node, status: { ...node.status, addresses } }), {
      apiVersion: 'v1',
      kind: 'Peer',
      metadata: { name: 'pi-1' },
      spec: { podCIDR: '10.42.3.0/24', internalIP: '192.168.77.13' },
    });
  });

  it('is nothing for a node without a range or an address', () => {
    assert.equal(peerOf(node), undefined);
    assert.equal(peerOf({ ...node, spec: {}, status: { addresses } }), undefined);
  });
});

describe('what nodes are told of Services', () => {
  it('is spec and addresses, not what people and clients keep on the object', () => {
    const metadata = { name: 'web', namespace: 'default', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' };
    const shared = sharedService({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...metadata, resourceVersion: '7', annotations: { note: 'x' } },
      spec: { type: 'LoadBalancer' },
      status: { loadBalancer: { ingress: [{ ip: '192.168.77.11' }] }, conditions: [] },
    });
    assert.deepEqual(shared.metadata, metadata);
    assert.deepEqual(shared.status, { loadBalancer: { ingress: [{ ip: '192.168.77.11' }] } });
  });

  it('is of a slice where its endpoints are and how they are, for a Service alone', () => {
    const slice: EndpointSlice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'web-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web', team: 'a' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.42.0.2'], conditions: { ready: true }, targetRef: { kind: 'Pod', name: 'p' } }],
      ports: [{ port: 80 }],
    };
    const shared = sharedSlice(slice);
    assert.deepEqual(shared?.metadata.labels, { 'kubernetes.io/service-name': 'web' });
    assert.deepEqual(shared?.endpoints, [{ addresses: ['10.42.0.2'], conditions: { ready: true } }]);
    assert.equal(sharedSlice({ ...slice, metadata: { name: 'orphan' } }), undefined);
  });
});

/** Objects by kind, and word of each that is put or taken away. */
class Cache implements ObjectCache {
  readonly #held = new Map<string, KubeObject>();
  readonly #listeners = new Map<string, (change: Change) => void>();

  get(): undefined {
    return undefined;
  }

  list<T extends KubeObject>({ kind }: KindDefinition<T>): readonly T[] {
    return [...this.#held.values()].filter((one): one is T => one.kind === kind);
  }

  subscribe<T extends KubeObject>({ kind }: KindDefinition<T>, onChange: (change: Change<T>) => void): () => void {
    this.#listeners.set(kind, onChange as (change: Change) => void);
    return () => this.#listeners.delete(kind);
  }

  put(object: KubeObject): void {
    this.#held.set(`${object.kind} ${object.metadata.name}`, object);
    this.#listeners.get(object.kind)?.({ type: 'added', object });
  }

  take(object: KubeObject): void {
    this.#held.delete(`${object.kind} ${object.metadata.name}`);
    this.#listeners.get(object.kind)?.({ type: 'deleted', object });
  }
}

describe('what nodes are told of Ingresses', () => {
  const ingress = (name: string, ingressClassName: string): Ingress => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: INGRESS.kind,
    metadata: { name, namespace: 'default', uid: 'u', creationTimestamp: '2024-01-01T00:00:00Z', labels: { a: 'b' } },
    spec: { ingressClassName },
  });
  const opened = () => {
    const cache = new Cache();
    const shared = new SharedObjects();
    const changed: string[] = [];
    shared.follow(cache, (identity) => changed.push(identity));
    return { cache, shared, changed };
  };

  it('are those of a class of our controller, reduced to what is served', () => {
    const { cache, shared } = opened();
    cache.put(BRAMBLE_CLASS);
    cache.put(ingress('ours', 'bramble'));
    cache.put(ingress('foreign', 'nginx'));
    assert.deepEqual([...shared.identities()], ['Ingress/default/ours']);
    const { metadata } = JSON.parse(
      Buffer.from(shared.get('Ingress/default/ours')?.delta.object ?? []).toString(),
    ) as Ingress;
    assert.deepEqual(Object.keys(metadata), ['name', 'namespace', 'uid', 'creationTimestamp']);
  });

  it('come and go with their class', () => {
    const { cache, shared, changed } = opened();
    cache.put(ingress('ours', 'bramble'));
    assert.deepEqual([...shared.identities()], []);
    cache.put(BRAMBLE_CLASS);
    assert.deepEqual([...shared.identities()], ['Ingress/default/ours']);
    cache.take({ ...BRAMBLE_CLASS, kind: INGRESS_CLASS.kind });
    assert.deepEqual([...shared.identities()], []);
    assert.deepEqual(changed, ['Ingress/default/ours', 'Ingress/default/ours']);
  });
});
