import assert from 'node:assert/strict';
import type { CoreEvent } from '../../api/types.ts';
import { aggregationKey, newEvent } from './event-recorder.ts';
import { lastSeenMs } from './event-sweeper.ts';

const AT = Date.parse('2026-01-01T00:00:00Z');
const FACTS = {
  type: 'Normal',
  reason: 'Pulled',
  message: 'm',
  component: 'kubelet',
  host: 'pi-1',
  fieldPath: 'spec.containers{c}',
} as const;
const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', uid: 'u', resourceVersion: '7' },
};

describe('newEvent', () => {
  it('names what it is about and who says so', () => {
    const event = newEvent(POD, FACTS, AT);
    assert.match(event.metadata.name, /^web\.[0-9a-f]{16}$/);
    assert.equal(event.metadata.namespace, 'shop');
    assert.deepEqual(event.involvedObject, {
      apiVersion: 'v1',
      kind: 'Pod',
      name: 'web',
      namespace: 'shop',
      uid: 'u',
      resourceVersion: '7',
      fieldPath: 'spec.containers{c}',
    });
    assert.deepEqual(
      [event.count, event.firstTimestamp, event.lastTimestamp],
      [1, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    );
    assert.deepEqual(event.source, { component: 'kubelet', host: 'pi-1' });
  });

  it('puts what is about the cluster into default', () => {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'pi-1' } };
    assert.equal(newEvent(node, FACTS, AT).metadata.namespace, 'default');
  });
});

describe('aggregationKey', () => {
  it('is one for repeats and another for everything else', () => {
    const key = (facts: object, about = POD) => aggregationKey(newEvent(about, { ...FACTS, ...facts }, AT));
    assert.equal(
      key({}),
      aggregationKey(newEvent({ ...POD, metadata: { ...POD.metadata, resourceVersion: '8' } }, FACTS, AT + 5000)),
    );
    for (const other of [
      { reason: 'Failed' },
      { message: 'n' },
      { component: 'x' },
      { host: 'pi-2' },
      { fieldPath: '' },
    ]) {
      assert.notEqual(key({}), key(other));
    }
    assert.notEqual(key({}), key({}, { ...POD, metadata: { ...POD.metadata, uid: 'v' } }));
  });
});

describe('lastSeenMs', () => {
  const event = (fields: Partial<CoreEvent>): CoreEvent =>
    ({ ...newEvent(POD, FACTS, AT), lastTimestamp: undefined, ...fields }) as CoreEvent;
  it('is the newest time of any form', () => {
    assert.equal(lastSeenMs(event({ lastTimestamp: '2026-01-01T00:00:05Z' })), AT + 5000);
    assert.equal(lastSeenMs(event({ eventTime: '2026-01-01T00:00:06.000000Z' })), AT + 6000);
    assert.equal(
      lastSeenMs(event({ series: { count: 2, lastObservedTime: '2026-01-01T00:00:07.000000Z' } })),
      AT + 7000,
    );
    assert.equal(lastSeenMs(event({})), 0);
  });
});
