import assert from 'node:assert/strict';
import { parseIperf3 } from './iperf3.ts';

describe('what iperf3 reports', () => {
  it('is read: what arrived', () => {
    const end = { sum_sent: { bits_per_second: 3e9 }, sum_received: { bits_per_second: 2.5e9 } };
    assert.equal(parseIperf3(JSON.stringify({ end })), 2500);
  });

  it('is an error when it is one', () => {
    const error = 'unable to connect to server: Connection refused';
    assert.throws(() => parseIperf3(JSON.stringify({ end: {}, error })), /Connection refused/);
  });
});
