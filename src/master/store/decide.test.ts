import assert from 'node:assert/strict';
import { type Current, decideAll, type Intent } from './decide.ts';

const held: Record<string, Current> = {
  'pods/a': { key: 'pods/a', value: 'old', revision: 5, durableRevision: 5 },
  'nodes/a': { key: 'nodes/a', value: 'beat', revision: 8, durableRevision: 3 },
  'leases/a': { key: 'leases/a', value: 'old', revision: 6 },
};
const view = { lookup: (key: string) => held[key], isMemory: (key: string) => key.startsWith('leases/') };

function intent(op: Intent['op'], key: string, expectedRevision = 0, volatile = false): Intent {
  return { op, key, value: op === 'delete' ? '' : 'new', expectedRevision, volatile };
}

describe('decideAll', () => {
  const places: [string, Intent, 'disk' | 'volatile' | 'memory'][] = [
    ['puts a new object on disk', intent('create', 'pods/b'), 'disk'],
    ['puts a new object on disk though it was asked for as volatile', intent('create', 'pods/b', 0, true), 'disk'],
    ['puts a volatile update over its row', intent('update', 'pods/a', 5, true), 'volatile'],
    ['puts a durable update after a volatile one on disk', intent('update', 'nodes/a', 8), 'disk'],
    ['deletes from disk', intent('delete', 'nodes/a', 8), 'disk'],
    ['keeps memory keys in memory', intent('update', 'leases/a', 6), 'memory'],
    ['deletes memory keys from memory', intent('delete', 'leases/a', 6), 'memory'],
  ];
  for (const [title, asked, place] of places) {
    it(title, () => {
      const { results, changes } = decideAll([asked], 10, view);
      assert.deepEqual(results, [{ done: true, revision: 10 }]);
      assert.equal(changes[0]?.place, place);
      assert.equal(changes[0]?.previous, held[asked.key]);
    });
  }

  const refusals: [string, Intent][] = [
    ['a create of what is there', intent('create', 'pods/a')],
    ['an update of an older revision', intent('update', 'pods/a', 4)],
    ['an update of the row beneath a volatile value', intent('update', 'nodes/a', 3)],
    ['an update of what is not there', intent('update', 'pods/b', 1)],
    ['a delete of another revision', intent('delete', 'leases/a', 5)],
  ];
  for (const [title, asked] of refusals) {
    it(`refuses ${title}`, () => {
      const { results, changes } = decideAll([asked], 10, view);
      const there = held[asked.key];
      const current = there && { key: there.key, value: there.value, revision: there.revision };
      assert.deepEqual(results, [{ done: false, current }]);
      assert.deepEqual(changes, []);
    });
  }

  it('decides each write on what those before it leave behind, and counts revisions for done ones only', () => {
    const { results, changes } = decideAll(
      [
        intent('create', 'pods/b'),
        intent('create', 'pods/b'),
        intent('update', 'pods/b', 10),
        intent('delete', 'pods/b', 11),
        intent('create', 'pods/b'),
      ],
      10,
      view,
    );
    assert.deepEqual(
      results.map((result) => (result.done ? result.revision : 'refused')),
      [10, 'refused', 11, 12, 13],
    );
    assert.deepEqual(
      changes.map(({ event, previous }) => [event.type, event.value, previous?.durableRevision]),
      [
        ['created', 'new', undefined],
        ['updated', 'new', 10],
        ['deleted', 'new', 11],
        ['created', 'new', undefined],
      ],
    );
  });

  it('keeps the row beneath in sight over several volatile updates', () => {
    const writes = [
      intent('update', 'pods/a', 5, true),
      intent('update', 'pods/a', 10, true),
      intent('update', 'pods/a', 11),
    ];
    const { changes } = decideAll(writes, 10, view);
    assert.deepEqual(
      changes.map(({ previous }) => previous?.durableRevision),
      [5, 5, 5],
    );
  });
});
