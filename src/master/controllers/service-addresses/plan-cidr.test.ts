import assert from 'node:assert/strict';
import { ipAddressOf } from '../../../api/kinds/ip-address.ts';
import { SERVICE_CIDR_FINALIZER as FINALIZER } from '../../../api/kinds/service-cidr/names.ts';
import type { IPAddress, ServiceCIDR } from '../../../api/types.ts';
import { toRfc3339 } from '../../../lib/clock.ts';
import { cidrsAround, planCidr } from './plan-cidr.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const READY = {
  type: 'Ready',
  status: 'True' as const,
  reason: '',
  message: 'Kubernetes Service CIDR is ready',
  lastTransitionTime: toRfc3339(NOW - 60_000),
};

function aCidr(name: string, cidr: string, deletedMsAgo?: number): ServiceCIDR {
  const deletionTimestamp = deletedMsAgo === undefined ? undefined : toRfc3339(NOW - deletedMsAgo);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name, finalizers: [FINALIZER], ...(deletionTimestamp ? { deletionTimestamp } : {}) },
    spec: { cidrs: [cidr] },
    status: { conditions: [READY] },
  };
}

const address = (ip: string) => ipAddressOf(ip, { namespace: 'default', name: 'web' });

function planned(cidr: ServiceCIDR, addresses: IPAddress[], others: ServiceCIDR[] = []) {
  return planCidr(cidr, { cidrs: [cidr, ...others], addresses }, NOW);
}

describe('a range of Services', () => {
  it('is held and ready, once', () => {
    const fresh = aCidr('a', '10.44.0.0/24');
    const { status: _status, ...bare } = { ...fresh, metadata: { name: 'a' } };
    assert.deepEqual(planned(bare, []), [
      { do: 'setFinalizers', finalizers: [FINALIZER] },
      { do: 'setCondition', condition: { ...READY, lastTransitionTime: toRfc3339(NOW) } },
    ]);
    assert.deepEqual(planned(fresh, [address('10.44.0.1')]), []);
  });

  it('stays, deleted, while an address rests on it alone', () => {
    const going = aCidr('a', '10.44.0.0/24', 60_000);
    const [action, ...more] = planned(going, [address('10.44.0.7')]);
    assert.ok(action?.do === 'setCondition' && more.length === 0);
    const { status, reason, lastTransitionTime } = action.condition;
    assert.deepEqual([status, reason, lastTransitionTime], ['False', 'Terminating', toRfc3339(NOW)]);
    const told = { ...going, status: { conditions: [action.condition] } };
    assert.deepEqual(planned(told, [address('10.44.0.7')]), []);
  });

  it('goes when nothing of it is used, a moment after it was deleted', () => {
    assert.deepEqual(planned(aCidr('a', '10.44.0.0/24', 4_000), [address('10.43.0.7')]), [
      { do: 'comeBack', afterMs: 6_000 },
    ]);
    const gone = [{ do: 'setFinalizers', finalizers: [] }];
    assert.deepEqual(planned(aCidr('a', '10.44.0.0/24', 10_000), [address('10.43.0.7')]), gone);
  });

  it('goes where another range covers it, or what is used of it', () => {
    const gone = [{ do: 'setFinalizers', finalizers: [] }];
    const used = [address('10.44.0.7')];
    const going = aCidr('a', '10.44.0.0/24', 60_000);
    assert.deepEqual(planned(going, used, [aCidr('b', '10.44.0.0/16')]), gone);
    assert.deepEqual(planned(going, used, [aCidr('b', '10.44.0.0/28')]), gone);
    assert.equal(planned(going, used, [aCidr('b', '10.44.0.128/25')])[0]?.do, 'setCondition');
  });

  it('is not kept by what others than the allocator wrote', () => {
    const foreign = address('10.44.0.7');
    foreign.metadata.labels = {};
    assert.equal(planned(aCidr('a', '10.44.0.0/24', 60_000), [foreign])[0]?.do, 'setFinalizers');
  });

  it('is found around an address', () => {
    const cidrs = [aCidr('a', '10.44.0.0/24'), aCidr('b', '10.44.0.0/16'), aCidr('c', '10.45.0.0/16')];
    assert.deepEqual(cidrsAround('10.44.0.9', cidrs), ['a', 'b']);
    assert.deepEqual(cidrsAround('x', cidrs), []);
  });
});
