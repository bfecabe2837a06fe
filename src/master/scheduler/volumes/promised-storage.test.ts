import assert from 'node:assert/strict';
import { SELECTED_NODE } from '../../../api/kinds/storage/names.ts';
import { clusterOf, verdict } from '../test-cluster.ts';
import { aFreeVolume, aNamedNode, anOpenClaim, aPodWithClaims, storageOf } from '../test-storage.ts';
import { PromisedStorage } from './promised-storage.ts';

describe('what was promised to a pod', () => {
  const nodes = [aNamedNode('a'), aNamedNode('b')];

  it('is no other pod’s, and is free again when it is taken back', () => {
    const [x, y] = [anOpenClaim('x'), anOpenClaim('y')];
    const volume = aFreeVolume('v');
    const storage = new PromisedStorage(storageOf([x, y], [volume]));
    const cluster = clusterOf({ nodes, storage });
    storage.promise('first', { takes: [{ volume, claim: x }], makes: [] }, 'a');
    const none = "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind.";
    assert.equal(verdict(aPodWithClaims('second', 'y'), cluster), none);
    assert.equal(verdict(aPodWithClaims('shares', 'x'), cluster), 'a');
    storage.takeBack('other');
    assert.equal(verdict(aPodWithClaims('second', 'y'), cluster), none);
    storage.takeBack('first');
    assert.equal(verdict(aPodWithClaims('second', 'y'), cluster), 'a');
  });

  it('keeps pods that share a claim together before its volume is made', () => {
    const claim = anOpenClaim('x', { className: 'made' });
    const storage = new PromisedStorage(storageOf([claim]));
    storage.promise('first', { takes: [], makes: [claim] }, 'b');
    assert.equal(storage.claim('default', 'x')?.metadata.annotations?.[SELECTED_NODE], 'b');
    assert.equal(verdict(aPodWithClaims('second', 'x'), clusterOf({ nodes, storage })), 'b');
  });
});
