import assert from 'node:assert/strict';
import { DisruptionWatch, disruptionOf, type ZoneNode } from './disruption.ts';

/** `a: '++-'` is a zone of two healthy nodes and a lost one. */
function zones(text: Record<string, string>): ZoneNode[] {
  return Object.entries(text).flatMap(([zone, nodes]) => [...nodes].map((mark) => ({ zone, isHealthy: mark === '+' })));
}

describe('nodes that are lost together', () => {
  const cases: [string, Record<string, string>, boolean, string[]][] = [
    ['are none where there are no nodes', {}, false, []],
    ['are none where all are well', { a: '+++' }, false, []],
    ['are a matter of course when it is one', { a: '++-' }, false, []],
    ['are few when they are two, whatever the share', { a: '+--' }, false, []],
    ['are all: it is the master that is cut off', { a: '---' }, true, []],
    ['are all, also when it is the only one', { a: '-' }, true, []],
    ['are most of a zone', { a: '++---' }, false, ['a']],
    ['are less than 55 of 100', { a: '+++---' }, false, []],
    ['are a whole zone beside others that are well: that zone has lost its power', { a: '----', b: '++' }, false, []],
    ['are most of one zone and all of another', { a: '+---', b: '---' }, false, ['a']],
  ];
  for (const [title, nodes, isFull, partial] of cases) {
    it(title, () => assert.deepEqual(disruptionOf(zones(nodes)), { isFull, partial: new Set(partial) }));
  }
});

describe('driving pods away', () => {
  it('is for nodes of zones that are well', () => {
    const watch = new DisruptionWatch(10_000);
    assert.equal(watch.look(zones({ a: '++-', b: '+---' }), 0), true);
    assert.deepEqual([watch.evictionIn('a'), watch.evictionIn('b')], ['allowed', 'paused']);
  });

  it('is taken back while every node is lost, and begins again only when all had time to come back', () => {
    const watch = new DisruptionWatch(10_000);
    assert.equal(watch.look(zones({ a: '++' }), 0), false);
    assert.equal(watch.look(zones({ a: '--' }), 1_000), true);
    assert.equal(watch.evictionIn('a'), 'withdrawn');
    assert.equal(watch.look(zones({ a: '--' }), 60_000), false);
    assert.equal(watch.look(zones({ a: '+-' }), 61_000), true);
    assert.equal(watch.evictionIn('a'), 'paused');
    assert.equal(watch.look(zones({ a: '+-' }), 70_999), false);
    assert.equal(watch.look(zones({ a: '+-' }), 71_000), true);
    assert.equal(watch.evictionIn('a'), 'allowed');
  });
});
