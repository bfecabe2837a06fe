import assert from 'node:assert/strict';
import type { Change } from './decide.ts';
import { History } from './history.ts';

function change(revision: number, key: string, place: Change['place'] = 'disk', previous?: Change['previous']): Change {
  return { event: { type: previous ? 'updated' : 'created', key, revision, value: 'v' }, previous, place };
}

function filled(events: number, changes: readonly Change[]): History {
  const history = new History(10, { events, chars: 1e6 });
  for (const one of changes) history.append(one);
  return history;
}

const revisions = (changes: readonly Change[]) => changes.map(({ event }) => event.revision);

describe('History', () => {
  it('gives what came after a revision, also one that nobody got', () => {
    const history = filled(9, [change(11, 'pods/a'), change(14, 'pods/b'), change(15, 'pods/c')]);
    assert.deepEqual(
      [10, 11, 12, 14, 15, 99].map((from) => revisions(history.after(from))),
      [[11, 14, 15], [14, 15], [14, 15], [15], [], []],
    );
  });

  it('starts later once it drops for number or size', () => {
    const byNumber = filled(2, [change(11, 'pods/a'), change(12, 'pods/b'), change(13, 'pods/c')]);
    assert.deepEqual([byNumber.start, revisions(byNumber.after(0))], [11, [12, 13]]);
    const bySize = new History(10, { events: 99, chars: 15 });
    for (const revision of [11, 12, 13]) bySize.append(change(revision, 'pods/a'));
    assert.deepEqual([bySize.start, revisions(bySize.after(0))], [11, [12, 13]]);
  });

  it('stays right over many drops', () => {
    const history = filled(
      10,
      Array.from({ length: 5000 }, (_, n) => change(n + 11, `pods/${n}`)),
    );
    assert.deepEqual(revisions(history.after(5005)), [5006, 5007, 5008, 5009, 5010]);
    assert.equal(history.start, 5000);
  });

  it('knows from when on memory keys and volatile writes can be told, and that the log has the others', () => {
    const history = filled(1, [
      change(11, 'pods/x/a'),
      change(12, 'leases/x/a', 'memory'),
      change(13, 'nodes/a', 'volatile'),
    ]);
    assert.deepEqual(
      ['pods/', 'leases/', 'leases/x/', 'nodes/', ''].map((prefix) => history.floorOf(prefix)),
      [0, 12, 12, 0, 12],
    );
    const row = change(15, 'nodes/a', 'disk', { key: 'nodes/a', value: 'beat', revision: 13, durableRevision: 9 });
    history.append(row);
    history.append(change(16, 'pods/x/b'));
    assert.equal(history.floorOf('nodes/'), 14, 'what the key held at 14 was only told by the row’s change');
  });

  it('says what changed keys held at a revision', () => {
    const first = { key: 'pods/a', value: 'one', revision: 11, durableRevision: 11 };
    const second = { key: 'pods/a', value: 'two', revision: 12, durableRevision: 12 };
    const history = filled(9, [
      change(12, 'pods/a', 'disk', first),
      change(13, 'pods/a', 'disk', second),
      change(14, 'pods/b'),
    ]);
    assert.deepEqual(
      [...history.before(11, 'pods/')],
      [
        ['pods/a', first],
        ['pods/b', undefined],
      ],
    );
    assert.deepEqual(
      [...history.before(12, 'pods/')],
      [
        ['pods/a', second],
        ['pods/b', undefined],
      ],
    );
    assert.deepEqual([...history.before(11, 'nodes/')], []);
  });
});
