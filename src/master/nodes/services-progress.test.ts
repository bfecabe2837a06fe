import assert from 'node:assert/strict';
import { ServicesProgressLedger } from './services-progress.ts';

describe('how far Services are', () => {
  it('is as far as the slowest of the connected nodes', () => {
    const ledger = new ServicesProgressLedger(100);
    for (const name of ['a', 'b']) ledger.joined(name);
    ledger.changed();
    ledger.applied('a', 101);
    assert.deepEqual([ledger.newest, ledger.everywhere], [101, 0]);
    ledger.applied('b', 100);
    assert.equal(ledger.everywhere, 100);
    ledger.applied('b', 101);
    assert.equal(ledger.everywhere, 101);
  });

  it('waits for nobody who is not connected, nor for a word of before', () => {
    const ledger = new ServicesProgressLedger(100);
    for (const name of ['a', 'b']) ledger.joined(name);
    ledger.applied('a', 100);
    ledger.left('b');
    assert.equal(ledger.everywhere, 100);
    ledger.applied('b', 7);
    assert.equal(ledger.everywhere, 100);
    ledger.joined('b');
    assert.equal(ledger.everywhere, 0);
  });

  it('is at the newest where no node is', () => {
    const ledger = new ServicesProgressLedger(100);
    ledger.changed();
    assert.equal(ledger.everywhere, 101);
  });
});
