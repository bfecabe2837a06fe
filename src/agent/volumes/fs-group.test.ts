import assert from 'node:assert/strict';
import { groupMode } from './fs-group.ts';

describe('mode of what an fsGroup owns', () => {
  const cases: [title: string, mode: number, isDirectory: boolean, readOnly: boolean, expected: number][] = [
    ['lets the group write a file', 0o100600, false, false, 0o660],
    ['lets the group read a file of a read-only volume', 0o100400, false, true, 0o440],
    ['lets the group into a directory and owns what comes there', 0o040700, true, false, 0o2770],
    ['lets the group look into a read-only directory', 0o040755, true, true, 0o2755],
    ['takes nothing away', 0o101777, false, false, 0o1777],
  ];
  for (const [title, mode, isDirectory, readOnly, expected] of cases) {
    it(title, () => assert.equal(groupMode(mode, isDirectory, readOnly), expected));
  }
});
