import assert from 'node:assert/strict';
import { EVENT } from '../../../src/api/kinds/event.ts';
import { POD } from '../../../src/api/kinds/pod.ts';
import type { CoreEvent, Pod } from '../../../src/api/types.ts';
import { EventSweeper } from '../../../src/master/apiserver/event-sweeper.ts';
import { ManualClock } from '../../lib/manual-clock.ts';
import { TestApi } from './harness.ts';
import { HttpClient, take } from './http-client.ts';

const PATH = '/api/v1/namespaces/default/events';
const FACTS = {
  type: 'Normal',
  reason: 'Pulled',
  message: 'Image is present',
  component: 'kubelet',
  host: 'pi-1',
} as const;

describe('events', () => {
  let api: TestApi;
  let http: HttpClient;
  let pod: Pod;
  before(async () => {
    api = await TestApi.start();
    http = new HttpClient(api);
    const spec = { containers: [{ name: 'c', image: 'busybox:1.36' }] };
    pod = await api.client.create(POD, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'default' },
      spec,
    });
  });
  after(async () => {
    http.close();
    await api.close();
  });

  it('count repeats of the same fact on one object', async () => {
    const watch = http.watch(`${PATH}?watch=true&resourceVersion=${api.store.revision}`);
    for (let n = 0; n < 3; n++) api.events.record(pod, FACTS);
    api.events.record(pod, { ...FACTS, reason: 'Created' });
    const seen = await take(watch, 4);
    await watch.return(undefined);
    assert.equal(seen.filter(({ type }) => type === 'ADDED').length, 2);
    const events = await api.client.list(EVENT, 'default');
    assert.deepEqual(events.map(({ reason, count }) => `${reason} ${count}`).sort(), ['Created 1', 'Pulled 3']);
  });

  it('are shown in both API groups and by kubectl', async () => {
    const { json } = await http.call('GET', '/apis/events.k8s.io/v1/namespaces/default/events');
    assert.equal(json.kind, 'EventList');
    assert.equal(json.items?.[0]?.apiVersion, 'events.k8s.io/v1');
    const { stdout } = await api.kubectl(['describe', 'pod', 'web']);
    assert.match(stdout, /Normal +Pulled +\d+s \(x3 over \d+s\) +kubelet +Image is present/);
  });

  it('are written anew when the one to count on is gone', async () => {
    await http.call('DELETE', PATH);
    const watch = http.watch(`${PATH}?watch=true&resourceVersion=${api.store.revision}`);
    api.events.record(pod, FACTS);
    const [event] = await take(watch, 1);
    await watch.return(undefined);
    assert.equal(event?.type, 'ADDED');
  });

  it('are forgotten an hour after they were last seen', async () => {
    const clock = new ManualClock(Date.now());
    const sweeper = new EventSweeper(api.engine, EVENT, clock);
    assert.equal(await sweeper.sweep(), 0);
    const later = new EventSweeper(api.engine, EVENT, new ManualClock(Date.now() + 3_700_000));
    assert.equal(await later.sweep(), 1);
    assert.deepEqual(await api.client.list<CoreEvent>(EVENT, 'default'), []);
  });
});
