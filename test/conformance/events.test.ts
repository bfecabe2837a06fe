import assert from 'node:assert/strict';
import type { CoreEvent, EventsV1Event } from '../../src/api/types.ts';
import { type Draft, isRefusal } from './lib/collection.ts';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import { EVENTS, EVENTS_V1 } from './lib/kinds.ts';

const AT = '2026-01-02T03:04:05.000000Z';

function coreEvent(context: Context, name: string, labels: Record<string, string>): Draft<CoreEvent> {
  return {
    metadata: { name, labels },
    involvedObject: { namespace: context.namespace },
    message: 'This is a test event',
    reason: 'Test',
    type: 'Normal',
    count: 1,
  };
}

function newEvent(context: Context, name: string, labels: Record<string, string>): Draft<EventsV1Event> {
  return {
    metadata: { name, labels },
    regarding: { namespace: context.namespace },
    note: `This is ${name}`,
    action: 'Do',
    reason: 'Test',
    type: 'Normal',
    eventTime: AT,
    reportingController: 'test-controller',
    reportingInstance: 'test-node',
  };
}

conformance('[sig-instrumentation] Events should manage the lifecycle of an event [Conformance]', async (context) => {
  const events = context.all(EVENTS);
  const labels = { which: context.unique('lifecycle') };
  const labelSelector = `which=${labels.which}`;
  await events.create(coreEvent(context, 'event', labels));
  const listed = await context.everywhere(EVENTS).list({ labelSelector });
  assert.deepEqual(
    listed.items.map(({ message }) => message),
    ['This is a test event'],
  );
  await events.patch('event', { message: 'patched' }, { type: 'strategic-merge' });
  const patched = await events.get('event');
  assert.equal(patched.message, 'patched');
  const updated = await events.edit('event', (event) => ({ ...event, message: 'updated', count: 100 }));
  assert.equal(updated.message, 'updated');
  assert.equal((await events.get('event')).count, 100);
  await events.delete('event');
  assert.deepEqual((await context.everywhere(EVENTS).list({ labelSelector })).items, []);
});

conformance('[sig-instrumentation] Events should delete a collection of events [Conformance]', async (context) => {
  const events = context.all(EVENTS);
  const labels = { which: 'collection' };
  const labelSelector = 'which=collection';
  for (const name of ['one', 'two', 'three']) await events.create(coreEvent(context, name, labels));
  assert.equal((await events.list({ labelSelector })).items.length, 3);
  await events.deleteCollection({ labelSelector });
  assert.deepEqual((await events.list({ labelSelector })).items, []);
});

conformance(
  '[sig-instrumentation] Events API should ensure that an event can be fetched, patched, deleted, and listed [Conformance]',
  async (context) => {
    const events = context.all(EVENTS_V1);
    const labels = { which: context.unique('events') };
    const labelSelector = `which=${labels.which}`;
    await events.create(newEvent(context, 'event', labels));
    for (const collection of [events, context.everywhere(EVENTS_V1)])
      assert.equal((await collection.list({ labelSelector })).items[0]?.note, 'This is event');
    // The same event, as the core group words it.
    assert.equal((await context.all(EVENTS).get('event')).message, 'This is event');
    const series = { count: 2, lastObservedTime: '2026-01-02T03:04:06.000007Z' };
    await events.patch('event', { series }, { type: 'strategic-merge' });
    const fetched = await events.get('event');
    assert.deepEqual(fetched.series, series);
    assert.equal(fetched.eventTime, AT);
    const later = { count: 100, lastObservedTime: '2026-01-02T03:04:07.000008Z' };
    await events.edit('event', (event) => ({ ...event, series: later }));
    assert.deepEqual((await events.get('event')).series, later);
    await events.delete('event');
    assert.deepEqual((await context.everywhere(EVENTS_V1).list({ labelSelector })).items, []);
    await assert.rejects(events.get('event'), (error) => isRefusal(error, 404));
  },
);

conformance('[sig-instrumentation] Events API should delete a collection of events [Conformance]', async (context) => {
  const events = context.all(EVENTS_V1);
  const labels = { which: 'collection' };
  const labelSelector = 'which=collection';
  for (const name of ['one', 'two', 'three']) await events.create(newEvent(context, name, labels));
  assert.equal((await events.list({ labelSelector })).items.length, 3);
  await events.deleteCollection({ labelSelector });
  assert.deepEqual((await events.list({ labelSelector })).items, []);
});
