import assert from 'node:assert/strict';
import type { Lease } from '../types.ts';
import { LEASE } from './lease.ts';

describe('a Lease', () => {
  const cases: [spec: Lease['spec'], causes: string[]][] = [
    [{ holderIdentity: 'a', leaseDurationSeconds: 1, leaseTransitions: 0 }, []],
    [{ leaseDurationSeconds: 0 }, ['spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0']],
    [{ leaseTransitions: -1 }, ['spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0']],
    [{ strategy: 'OldestEmulationVersion', preferredHolder: 'b' }, []],
    [
      { strategy: 'Mine' },
      ['spec.strategy.strategy: Unsupported value: "Mine": supported values: "OldestEmulationVersion"'],
    ],
    [{ preferredHolder: 'b' }, ['spec.preferredHolder: Forbidden: may only be specified if `strategy` is defined']],
  ];
  for (const [spec, causes] of cases) {
    it(`${causes.length > 0 ? 'refuses' : 'accepts'} ${JSON.stringify(spec)}`, () => {
      const lease: Lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'web' }, spec };
      assert.deepEqual(
        LEASE.strategy.validate(lease).map(({ field, message }) => `${field}: ${message}`),
        causes,
      );
    });
  }
});
