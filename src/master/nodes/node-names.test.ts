import assert from 'node:assert/strict';
import { aNode } from '../../../test/lib/builders.ts';
import type { Node } from '../../api/types.ts';
import { candidateNames, isFree, isSilent } from './node-names.ts';
import { KEY_ANNOTATION } from './node-plan.ts';

const KEY = `3fa21b07${'0'.repeat(56)}`;

function heldBy(keyHash: string | undefined): Node {
  const node = aNode('pi');
  return { ...node, metadata: { ...node.metadata, annotations: keyHash ? { [KEY_ANNOTATION]: keyHash } : {} } };
}

function saying(status: 'True' | 'False' | 'Unknown'): Node {
  return { ...aNode('pi'), status: { conditions: [{ type: 'Ready', status }] } };
}

describe('candidateNames', () => {
  it('are the one that was chosen, and no other', () => {
    assert.deepEqual(candidateNames('attic', KEY, false), ['attic']);
  });

  it('add digits of the key to a host name', () => {
    assert.deepEqual(candidateNames('raspberrypi', KEY, true), [
      'raspberrypi',
      'raspberrypi-3fa2',
      'raspberrypi-3fa21b07',
    ]);
  });

  it('stay within a label’s value', () => {
    const names = candidateNames(`${'a'.repeat(53)}.b`, KEY, true);
    assert.equal(names[2], `${'a'.repeat(53)}-3fa21b07`);
    assert.ok(names.every((name) => name.length <= 63));
  });
});

describe('a node’s name', () => {
  it('is free for its own key, and where no key holds it', () => {
    assert.deepEqual(
      [heldBy(KEY), heldBy(undefined), heldBy('other')].map((node) => isFree(node, KEY)),
      [true, true, false],
    );
  });

  it('may be taken over only from a machine that has fallen silent', () => {
    assert.deepEqual(
      [saying('True'), saying('False'), saying('Unknown'), { ...aNode('pi'), status: {} }].map(isSilent),
      [false, false, true, false],
    );
  });
});
