import assert from 'node:assert/strict';
import { parseEvent } from './docker-events.ts';

describe('events', () => {
  const actor = { ID: 'abc', Attributes: { 'io.kubernetes.pod.uid': 'u-1' } };
  it('are told by pod and container', () => {
    const event = (Action: string) => parseEvent({ Action, Actor: actor });
    assert.deepEqual(event('die'), { podUid: 'u-1', containerId: 'abc', action: 'die' });
    assert.equal(event('pause')?.action, 'other');
    assert.equal(parseEvent({ Action: 'die', Actor: { ID: 'x', Attributes: {} } }), undefined);
  });
});
