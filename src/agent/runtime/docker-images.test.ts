import assert from 'node:assert/strict';
import { runsOn } from './docker-images.ts';

describe('what a node can run', () => {
  const cases: [string, string, boolean][] = [
    ['amd64', 'amd64', true],
    ['', 'arm64', true],
    ['arm', 'arm64', true],
    ['386', 'amd64', true],
    ['arm64', 'arm', false],
    ['amd64', 'arm64', false],
  ];
  for (const [image, node, expected] of cases)
    it(`${expected ? 'runs' : 'does not run'} "${image}" on ${node}`, () => {
      assert.equal(runsOn(image, node), expected);
    });
});
