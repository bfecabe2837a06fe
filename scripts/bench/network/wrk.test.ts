import assert from 'node:assert/strict';
import { parseWrk } from './wrk.ts';

const TEXT = `Running 2s test @ http://10.43.0.1:80/
  1 threads and 8 connections
  5021 requests in 2.00s, 700.00KB read
Requests/sec:   2510.25
Transfer/sec:    350.00KB
`;

describe('what wrk prints', () => {
  it('is read: requests a second', () => {
    assert.equal(parseWrk(TEXT), 2510.25);
  });

  it('is an error when requests failed, or when it is something else', () => {
    assert.throws(() => parseWrk(`${TEXT}  Socket errors: connect 0, read 3, write 0, timeout 0`), /read 3/);
    assert.throws(() => parseWrk('Usage: wrk'), /something else/);
  });
});
