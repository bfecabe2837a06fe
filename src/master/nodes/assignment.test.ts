import assert from 'node:assert/strict';
import { aNode, aPod } from '../../../test/lib/builders.ts';
import type { ConfigMap, KubeObject, Pod, Secret } from '../../api/types.ts';
import type { NodePeer } from '../../rpc/node-peer.ts';
import { type Reference, referencesOf, referenceText } from '../../rpc/pod-references.ts';
import { planDeltas, planSharedDeltas, put, type Sent, wantedObjects } from './assignment.ts';

const POD: Pod = aPod({
  spec: {
    imagePullSecrets: [{ name: 'pull' }],
    initContainers: [{ name: 'init', image: 'x', envFrom: [{ configMapRef: { name: 'from' } }] }],
    containers: [
      {
        name: 'main',
        image: 'x',
        env: [
          { name: 'A', valueFrom: { secretKeyRef: { name: 'env-secret', key: 'k' } } },
          { name: 'B', valueFrom: { configMapKeyRef: { name: 'env-map', key: 'k' } } },
        ],
      },
    ],
    volumes: [
      { name: 'a', secret: { secretName: 'pull' } },
      { name: 'b', projected: { sources: [{ configMap: { name: 'projected' } }, { secret: { name: 'projected' } }] } },
    ],
  },
});

function secret(name: string, resourceVersion: string): Secret {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'default', uid: name, resourceVersion } };
}

/** Sends the deltas. @returns what the agent then holds, by identity. */
function send(wanted: readonly KubeObject[], sent: Map<string, Sent>): string[] {
  const deltas = planDeltas(wanted, sent);
  for (const planned of deltas) {
    if (planned.sent) sent.set(planned.identity, planned.sent);
    else sent.delete(planned.identity);
  }
  return deltas.map(({ delta }) => `${delta.operation} ${delta.kind} ${delta.name}`);
}

describe('referencesOf', () => {
  it('finds what pull secrets, environment and volumes name, each once', () => {
    assert.deepEqual(referencesOf(POD).map(referenceText), [
      'Secret/default/pull',
      'ConfigMap/default/from',
      'Secret/default/env-secret',
      'ConfigMap/default/env-map',
      'ConfigMap/default/projected',
      'Secret/default/projected',
    ]);
  });
});

describe('wantedObjects', () => {
  it('puts what a pod names before the pod, and leaves out what does not exist', () => {
    const lookUp = (reference: Reference) => (reference.name === 'pull' ? secret('pull', '1') : undefined);
    const names = wantedObjects(aNode(), [POD], lookUp).map((object) => `${object.kind} ${object.metadata.name}`);
    assert.deepEqual(names, ['Node pi-1', 'Secret pull', 'Pod web']);
  });
});

describe('planDeltas', () => {
  const one = aPod({ name: 'one' });

  it('is empty on its own result', () => {
    const sent = new Map<string, Sent>();
    send([aNode(), one], sent);
    assert.deepEqual(send([aNode(), one], sent), []);
  });

  it('sends a pod again when a condition that its readiness gates name changes', () => {
    const sent = new Map<string, Sent>();
    const gated = aPod({ name: 'gated', spec: { readinessGates: [{ conditionType: 'example.com/ok' }] } });
    send([gated], sent);
    const passed: Pod = { ...gated, status: { conditions: [{ type: 'example.com/ok', status: 'True' }] } };
    assert.deepEqual(send([passed], sent), ['PUT Pod gated']);
  });

  it('does not send back a status or a resourceVersion that a report made', () => {
    const sent = new Map<string, Sent>();
    send([one], sent);
    const reported = {
      ...one,
      metadata: { ...one.metadata, resourceVersion: '7' },
      status: { phase: 'Running' as const },
    };
    assert.deepEqual(send([reported], sent), []);
  });

  it('sends a pod that is being deleted', () => {
    const sent = new Map<string, Sent>();
    send([one], sent);
    assert.deepEqual(send([aPod({ name: 'one', deleted: true })], sent), ['PUT Pod one']);
  });

  it('sends a Secret whose content changed', () => {
    const sent = new Map<string, Sent>();
    send([secret('s', '1')], sent);
    assert.deepEqual(send([secret('s', '2')], sent), ['PUT Secret s']);
  });

  it('removes a pod before its successor of the same name comes, and what nobody names at the end', () => {
    const sent = new Map<string, Sent>();
    const map: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', namespace: 'default' } };
    send([map, aPod({ name: 'web-0', uid: 'old' })], sent);
    const deltas = planDeltas([aPod({ name: 'web-0', uid: 'new' })], sent).map(({ delta }) => [
      delta.operation,
      delta.kind,
      delta.uid,
    ]);
    assert.deepEqual(deltas, [
      ['DELETE', 'Pod', 'old'],
      ['PUT', 'Pod', 'new'],
      ['DELETE', 'ConfigMap', ''],
    ]);
  });

  it('leaves managedFields at home', () => {
    const managed = { ...one, metadata: { ...one.metadata, managedFields: [{ manager: 'kubectl' }] } };
    const [planned] = planDeltas([managed], new Map());
    assert.equal(Buffer.from(planned?.delta.object ?? '').includes('managedFields'), false);
  });
});

describe('planSharedDeltas', () => {
  const peer = (name: string, internalIP: string): NodePeer => ({
    apiVersion: 'v1',
    kind: 'Peer',
    metadata: { name },
    spec: { podCIDR: '10.42.2.0/24', internalIP },
  });

  it('looks only at those that changed: new ones, moved ones, and those that left', () => {
    const sent = new Map<string, Sent>();
    const peers = new Map(['a', 'b', 'c'].map((name) => [name, peer(name, '192.168.77.11')]));
    const step = (...changed: string[]) => {
      const lookUp = (identity: string) => {
        const found = peers.get(identity.replace('Peer//', ''));
        return found && put(found, JSON.stringify(found));
      };
      const planned = planSharedDeltas(new Set(changed.map((name) => `Peer//${name}`)), lookUp, sent);
      for (const one of planned) {
        if (one.sent) sent.set(one.identity, one.sent);
        else sent.delete(one.identity);
      }
      return planned.map(({ delta }) => `${delta.operation} ${delta.kind} ${delta.name}`);
    };
    assert.deepEqual(step('a', 'b', 'c'), ['PUT Peer a', 'PUT Peer b', 'PUT Peer c']);
    assert.deepEqual(step('a'), []);
    peers.set('b', peer('b', '192.168.77.99'));
    peers.delete('c');
    assert.deepEqual(step('a'), []);
    assert.deepEqual(step('b', 'c', 'never-there'), ['PUT Peer b', 'DELETE Peer c']);
  });
});
