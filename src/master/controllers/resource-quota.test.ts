import assert from 'node:assert/strict';
import { aPod } from '../../../test/lib/builders.ts';
import { CONFIG_MAP } from '../../api/kinds/config-map.ts';
import { POD } from '../../api/kinds/pod.ts';
import type { ResourceQuota } from '../../api/types.ts';
import { plan } from './resource-quota.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const hard = { pods: '5', 'requests.cpu': '2', 'count/configmaps': '3' };
const quota: ResourceQuota = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'q', namespace: 'default' },
  spec: { hard },
  status: {},
};
const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'default' } };
const all = [
  { kind: POD, objects: [aPod({ name: 'a', requests: { cpu: '300m' } }), aPod({ name: 'b', phase: 'Failed' })] },
  { kind: CONFIG_MAP, objects: [config] },
];

describe('the status of a quota', () => {
  const status = { hard, used: { pods: '1', 'requests.cpu': '300m', 'count/configmaps': '1' } };

  it('says what is limited and how much of it is used', () => {
    assert.deepEqual(plan(quota, all, NOW), [{ do: 'setStatus', status }]);
  });

  it('is left alone when it says so already', () => {
    assert.deepEqual(plan({ ...quota, status }, all, NOW), []);
  });

  it('counts nothing as zero', () => {
    const [action] = plan(quota, [], NOW);
    assert.deepEqual(action?.status.used, { pods: '0', 'requests.cpu': '0', 'count/configmaps': '0' });
  });
});
