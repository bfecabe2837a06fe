import assert from 'node:assert/strict';
import { backupName, superfluous } from './schedule.ts';

describe('scheduled backups', () => {
  const days = [3, 1, 2].map((day) => backupName(Date.UTC(2026, 10, day, 3)));

  it('are named for their time', () => {
    assert.equal(days[0], 'bramble-2026-11-03T03-00-00Z.backup');
  });

  it('go when there are newer ones, the oldest first', () => {
    assert.deepEqual(superfluous(days, 2), ['bramble-2026-11-01T03-00-00Z.backup']);
    assert.deepEqual(superfluous(days, 3), []);
  });

  it('take nothing else along', () => {
    const others = ['bramble.db', 'bramble-mine.backup', 'bramble-2026-11-01T03-00-00Z.backup.copy'];
    assert.deepEqual(superfluous([...others, ...days], 0), [...days].sort());
  });
});
