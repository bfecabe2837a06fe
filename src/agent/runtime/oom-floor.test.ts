import assert from 'node:assert/strict';
import { oomScoreFloor } from './oom-floor.ts';

describe('out-of-memory scores', () => {
  it('go below our own only with CAP_SYS_RESOURCE', () => {
    assert.equal(oomScoreFloor('CapEff:\t000001ffffffffff\n', '0\n'), -1000);
    assert.equal(oomScoreFloor('CapEff:\t000001fffeffffff\n', '100\n'), 100);
  });
});
