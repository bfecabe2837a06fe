import assert from 'node:assert/strict';
import { logOptions } from './serve-log.ts';

describe("the engine's options for a log", () => {
  const nothing = {
    follow: false,
    previous: false,
    timestamps: false,
    sinceSeconds: 0,
    sinceTime: '',
    hasTailLines: false,
    tailLines: 0,
    limitBytes: 0,
  };
  const plain = { follow: false, timestamps: false };
  const cases: [string, object, object][] = [
    ['all of it', {}, plain],
    ['followed, with times', { follow: true, timestamps: true }, { follow: true, timestamps: true }],
    ['no line of the past', { hasTailLines: true }, { ...plain, tailLines: 0 }],
    ['the last lines', { hasTailLines: true, tailLines: 7 }, { ...plain, tailLines: 7 }],
    ['the last seconds', { sinceSeconds: 60 }, { ...plain, sinceMs: 40_000 }],
    ['since a moment', { sinceTime: '1970-01-01T00:00:05Z' }, { ...plain, sinceMs: 5000 }],
    ['since a moment elsewhere', { sinceTime: '1970-01-01T01:00:05+01:00' }, { ...plain, sinceMs: 5000 }],
  ];
  for (const [title, asked, expected] of cases) {
    it(`ask for ${title}`, () => assert.deepEqual(logOptions({ ...nothing, ...asked }, 100_000), expected));
  }
});
