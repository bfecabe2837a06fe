import assert from 'node:assert/strict';
import type { ResourceRequirements } from './parts.ts';
import { qosClass } from './qos.ts';

const full = { cpu: '1', memory: '1Gi' };

function classOf(...resources: (ResourceRequirements | undefined)[]): string {
  return qosClass({ containers: resources.map((item, index) => ({ name: `c${index}`, resources: item })) });
}

describe('qosClass', () => {
  const cases: [title: string, resources: (ResourceRequirements | undefined)[], wanted: string][] = [
    ['is BestEffort without amounts', [undefined, {}], 'BestEffort'],
    ['is BestEffort with amounts of zero', [{ requests: { cpu: '0' } }], 'BestEffort'],
    ['is BestEffort with storage alone', [{ requests: { 'ephemeral-storage': '1Gi' } }], 'BestEffort'],
    ['is Guaranteed with equal limits and requests', [{ limits: full, requests: full }], 'Guaranteed'],
    [
      'is Guaranteed however the amounts are written',
      [{ limits: { cpu: '1000m', memory: '1024Mi' }, requests: full }],
      'Guaranteed',
    ],
    ['is Burstable with a lower request', [{ limits: full, requests: { ...full, cpu: '500m' } }], 'Burstable'],
    ['is Burstable without a limit of memory', [{ limits: { cpu: '1' }, requests: { cpu: '1' } }], 'Burstable'],
    ['is Burstable when one container is open', [{ limits: full, requests: full }, {}], 'Burstable'],
    ['is Burstable with a request alone', [{ requests: { memory: '1' } }], 'Burstable'],
  ];
  for (const [title, resources, wanted] of cases) it(title, () => assert.equal(classOf(...resources), wanted));

  it('counts init containers', () => {
    const container = { name: 'c', resources: { limits: full, requests: full } };
    assert.equal(qosClass({ containers: [container], initContainers: [{ name: 'i' }] }), 'Burstable');
  });

  it('goes by the amounts of the pod itself where it has some', () => {
    assert.equal(qosClass({ containers: [{ name: 'c' }], resources: { limits: full, requests: full } }), 'Guaranteed');
  });
});
