import assert from 'node:assert/strict';
import { Revisions } from './revisions.ts';

describe('Revisions', () => {
  it('asks for a reservation before it shows one that the disk does not know to be taken', () => {
    const revisions = new Revisions(100, 104, 10);
    revisions.use(4);
    assert.ok(revisions.areReserved);
    revisions.use(1);
    assert.equal(revisions.areReserved, false);
    const wanted = revisions.wanted;
    revisions.reserved(wanted);
    assert.ok(revisions.areReserved && wanted >= 105);
  });

  it('reserves on the way once half a block is used', () => {
    const revisions = new Revisions(100, 120, 20);
    assert.equal(revisions.isLow, false);
    revisions.use(10);
    assert.ok(revisions.isLow && revisions.areReserved);
  });

  it('never gives back a reservation', () => {
    const revisions = new Revisions(100, 120, 20);
    revisions.reserved(90);
    revisions.use(20);
    assert.ok(revisions.areReserved);
  });
});
