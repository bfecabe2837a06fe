import assert from 'node:assert/strict';
import type { ServiceCIDR } from '../../../api/types.ts';
import { pickClusterIp, readyRanges, whyOutOfRange } from './cluster-ips.ts';

function aCidr(name: string, cidrs: string[], part: { deleted?: boolean; ready?: 'True' | 'False' } = {}): ServiceCIDR {
  const { deleted, ready } = part;
  const condition = { type: 'Ready', status: ready ?? 'True', reason: '', message: '', lastTransitionTime: '' };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name, ...(deleted ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) },
    spec: { cidrs },
    ...(ready ? { status: { conditions: [condition] } } : {}),
  };
}

const first = () => 0;
const never = () => false;

describe('cluster IPs', () => {
  it('come from ready ranges, the default one first', () => {
    const ranges = readyRanges([
      aCidr('a', ['10.44.0.0/24', '2001:db8::/64']),
      aCidr('going', ['10.45.0.0/24'], { deleted: true }),
      aCidr('kubernetes', ['10.43.0.0/16'], { ready: 'True' }),
      aCidr('not', ['10.46.0.0/24'], { ready: 'False' }),
      aCidr('small', ['10.47.0.0/31']),
    ]);
    assert.deepEqual(
      ranges.map(({ cidr }) => cidr),
      ['10.43.0.0/16', '10.44.0.0/24'],
    );
  });

  it('are taken from above the band, and of the next range when one is full', () => {
    const ranges = readyRanges([aCidr('kubernetes', ['10.43.0.0/28']), aCidr('more', ['10.44.0.0/24'])]);
    assert.equal(pickClusterIp(ranges, never, first), '10.43.0.1');
    assert.equal(
      pickClusterIp(ranges, (ip) => ip.startsWith('10.43.'), first),
      '10.44.0.17',
    );
    assert.equal(
      pickClusterIp(ranges, () => true, first),
      undefined,
    );
  });

  it('that lie nowhere are refused', () => {
    const ranges = readyRanges([aCidr('kubernetes', ['10.43.0.0/24'])]);
    assert.equal(whyOutOfRange('10.43.0.7', ranges), undefined);
    assert.equal(whyOutOfRange('no address', ranges), undefined);
    assert.equal(whyOutOfRange('10.44.0.7', ranges), 'the provided network does not match the current range');
    assert.match(whyOutOfRange('10.43.0.255', ranges) ?? '', /The range of valid IPs is 10\.43\.0\.0\/24/);
  });
});
