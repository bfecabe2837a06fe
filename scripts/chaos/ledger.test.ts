import assert from 'node:assert/strict';
import type { Pod } from '../../src/api/types.ts';
import { Ledger } from './ledger.ts';

const CREATED = Date.UTC(2026, 0, 1);

function pod(restartCount: number): Pod {
  const containerStatuses = [{ name: 'main', restartCount, ready: true, image: '', imageID: '' }];
  const metadata = { name: 'web', uid: 'u', creationTimestamp: new Date(CREATED).toISOString() };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [] }, status: { containerStatuses } };
}

const main = { podUid: 'u', container: 'main' };

describe('the ledger of chaos', () => {
  it('finds a restart that nobody caused', () => {
    assert.deepEqual(new Ledger().unexplained(pod(0)), []);
    assert.deepEqual(new Ledger().unexplained(pod(1)), ['web/main: 1 restarts, 0 explained']);
  });

  it('explains restarts by kills of the container and of its sandbox', () => {
    const ledger = new Ledger();
    ledger.killed(main);
    ledger.killed({ podUid: 'u', container: 'POD' });
    ledger.killed({ podUid: 'other', container: 'main' });
    assert.deepEqual(ledger.unexplained(pod(2)), []);
    assert.equal(ledger.unexplained(pod(3)).length, 1);
  });

  it('takes the death of the engine as a reason only for what did not run', () => {
    const ledger = new Ledger();
    ledger.engineDied([main], CREATED + 1000);
    assert.equal(ledger.explained(main, CREATED), 0);
    ledger.engineDied([], CREATED + 2000);
    assert.equal(ledger.explained(main, CREATED), 1);
  });

  it('takes no death of the engine before the pod was there as a reason', () => {
    const ledger = new Ledger();
    ledger.engineDied([], CREATED - 1000);
    assert.equal(ledger.explained(main, CREATED), 0);
  });
});
