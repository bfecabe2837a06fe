import assert from 'node:assert/strict';
import type { ServiceCIDR } from '../../api/types.ts';
import { usableServiceCidrs } from './service-cidrs.ts';

const SETTINGS = { clusterCidr: '10.42.0.0/16', serviceCidr: '10.43.0.0/16' };

function aCidr(...cidrs: string[]): ServiceCIDR {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'more' }, spec: { cidrs } };
}

describe('the networks of Services', () => {
  it("are the cluster's own and those that were added", () => {
    assert.deepEqual(usableServiceCidrs(undefined, [aCidr('10.44.0.0/24')], []), []);
    assert.deepEqual(usableServiceCidrs(SETTINGS, [], []), ['10.43.0.0/16']);
    const added = [aCidr('10.45.0.0/24', '2001:db8::/64'), aCidr('10.44.0.0/24'), aCidr('10.43.0.0/16')];
    assert.deepEqual(usableServiceCidrs(SETTINGS, added, []), ['10.43.0.0/16', '10.44.0.0/24', '10.45.0.0/24']);
  });

  it('are no networks of pods or nodes', () => {
    const added = [aCidr('10.42.7.0/24'), aCidr('0.0.0.0/0'), aCidr('192.168.0.0/16')];
    assert.deepEqual(usableServiceCidrs(SETTINGS, added, ['192.168.1.7']), ['10.43.0.0/16']);
  });
});
