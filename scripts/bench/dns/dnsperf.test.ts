import assert from 'node:assert/strict';
import { parseDnsperf } from './dnsperf.ts';

const TEXT = `[Status] Sending queries (to 10.43.0.10:53)
> NOERROR svc-1.default.svc.cluster.local A 0.000250
> NXDOMAIN nobody.default.svc.cluster.local A 0.001500

Statistics:

  Queries sent:         3
  Queries completed:    2 (66.67%)
  Queries lost:         1 (33.33%)

  Response codes:       NOERROR 1 (50.00%), NXDOMAIN 1 (50.00%)
  Average packet size:  request 48, response 64
  Run time (s):         1.000300
  Queries per second:   9998.000600
`;

describe('what dnsperf prints', () => {
  it('is read: rate, losses, codes and single latencies', () => {
    const { perSecond, lost, codes, latenciesMs } = parseDnsperf(TEXT);
    assert.equal(Math.round(perSecond), 9998);
    assert.equal(lost, 1);
    assert.deepEqual(
      [...codes],
      [
        ['NOERROR', 1],
        ['NXDOMAIN', 1],
      ],
    );
    assert.deepEqual(latenciesMs, [0.25, 1.5]);
  });

  it('is an error when it is something else', () => {
    assert.throws(() => parseDnsperf('Usage: dnsperf'), /something else/);
  });
});
