import assert from 'node:assert/strict';
import { aNode, aPod } from '../../../test/lib/builders.ts';
import type { AgentMessage } from '../../rpc/messages.ts';
import { Outbox } from './outbox.ts';

function words(messages: readonly AgentMessage[]): string[] {
  return messages.map((message) => {
    if (message.pod) return `pod ${message.pod.name} ${JSON.parse(Buffer.from(message.pod.status).toString()).phase}`;
    if (message.podGone) return `gone ${message.podGone.name}`;
    if (message.event) return `event ${message.event.reason}`;
    return message.node ? 'node' : '?';
  });
}

function anOutbox(known = new Set(['uid-of-a', 'uid-of-b'])): Outbox {
  return new Outbox({ onMessage: () => {}, isKnown: (uid) => known.has(uid) });
}

describe('Outbox', () => {
  const a = aPod({ name: 'a' });

  it('sends only the newest status of a pod', () => {
    const outbox = anOutbox();
    outbox.podStatus(a, { phase: 'Pending' });
    outbox.podStatus(a, { phase: 'Running' });
    assert.deepEqual(words(outbox.take()), ['pod a Running']);
    assert.deepEqual(words(outbox.take()), []);
  });

  it('does not send a status that is the same', () => {
    const outbox = anOutbox();
    outbox.podStatus(a, { phase: 'Running' });
    outbox.take();
    outbox.podStatus(a, { phase: 'Running' });
    assert.deepEqual(outbox.take(), []);
  });

  it('sends every pod again in a new session, but no event twice', () => {
    const outbox = anOutbox();
    outbox.podStatus(a, { phase: 'Running' });
    outbox.podStatus(aPod({ name: 'b' }), { phase: 'Pending' });
    outbox.event({ pod: a, fieldPath: '', type: 'Normal', reason: 'Started', message: 'm' });
    outbox.take();
    outbox.resend(outbox.node);
    assert.deepEqual(words(outbox.take()), ['pod a Running', 'pod b Pending']);
  });

  it('tells the last status of a pod before it tells that it is gone, until the master has forgotten it', () => {
    const known = new Set(['uid-of-a']);
    const outbox = anOutbox(known);
    outbox.podStatus(a, { phase: 'Succeeded' });
    outbox.podGone(a);
    assert.deepEqual(words(outbox.take()), ['pod a Succeeded', 'gone a']);
    known.clear();
    outbox.take();
    outbox.resend(outbox.node);
    assert.deepEqual(outbox.take(), []);
  });

  it('keeps the newest events when nobody takes them', () => {
    const outbox = anOutbox();
    for (let i = 0; i < 300; i++) outbox.event({ pod: a, fieldPath: '', type: 'Normal', reason: `R${i}`, message: '' });
    const sent = words(outbox.take());
    assert.deepEqual([sent.length, sent[0], sent.at(-1)], [256, 'event R44', 'event R299']);
  });

  it('sends the node again in a new session only when it has changed since the Hello', () => {
    const outbox = anOutbox();
    outbox.nodeStatus(aNode());
    const told = outbox.node;
    outbox.resend(told);
    assert.deepEqual(words(outbox.take()), []);
    outbox.nodeStatus(aNode('pi-1', { allocatable: { cpu: '8' } }));
    outbox.resend(told);
    assert.deepEqual(words(outbox.take()), ['node']);
  });

  it('reports the node when it changed', () => {
    const outbox = anOutbox();
    outbox.nodeStatus(aNode());
    assert.deepEqual(words(outbox.take()), ['node']);
    outbox.nodeStatus(aNode());
    assert.deepEqual(outbox.take(), []);
  });
});
