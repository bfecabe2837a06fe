import assert from 'node:assert/strict';
import { parseWrk } from './wrk.ts';

const REPORT = `Running 5s test @ http://127.0.0.1:8081/
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     0.92ms    0.31ms  12.00ms   89.99%
    Req/Sec    19.05k     1.01k   20.10k    76.50%
  Latency Distribution
     50%  850.00us
     75%    1.10ms
     90%    2.00ms
     99%    1.01s
  95615 requests in 5.02s, 23.16MB read
Requests/sec:  19046.81
Transfer/sec:      4.61MB
`;

describe('what wrk prints', () => {
  it('is read: counts and times', () => {
    assert.deepEqual(parseWrk(REPORT), { requests: 95_615, perSecond: 19_046.81, p50Ms: 0.85, p99Ms: 1010 });
  });

  it('is an error when requests failed, or when it is something else', () => {
    assert.throws(() => parseWrk(`${REPORT}  Non-2xx or 3xx responses: 7\n`), /responses: 7/);
    assert.throws(() => parseWrk(`${REPORT}  Socket errors: connect 0, read 3, write 0, timeout 0`), /read 3/);
    assert.throws(() => parseWrk('Usage: wrk'), /something else/);
  });
});
