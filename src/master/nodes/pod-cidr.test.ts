import assert from 'node:assert/strict';
import { nextPodCidr } from './pod-cidr.ts';

describe('nextPodCidr', () => {
  const cases: [string, string, string[], string | undefined][] = [
    ['gives the first /24 of an empty cluster', '10.42.0.0/16', [], '10.42.0.0/24'],
    ['fills the gap that a deleted node left', '10.42.0.0/16', ['10.42.0.0/24', '10.42.2.0/24'], '10.42.1.0/24'],
    [
      'counts over the third byte',
      '10.0.0.0/8',
      Array.from({ length: 256 }, (_, i) => `10.0.${i}.0/24`),
      '10.1.0.0/24',
    ],
    ['gives none of what is no network', '10.42.7.9/16', [], undefined],
    ['has one network in a /24', '192.168.5.0/24', ['192.168.5.0/24'], undefined],
    ['ends with the cluster’s range', '10.42.0.0/23', ['10.42.0.0/24', '10.42.1.0/24'], undefined],
  ];
  for (const [title, cluster, used, expected] of cases) {
    it(title, () => assert.equal(nextPodCidr(cluster, new Set(used)), expected));
  }
});
