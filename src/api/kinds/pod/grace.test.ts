import assert from 'node:assert/strict';
import type { PodSpec, PodStatus } from '../../types.ts';
import { podGracePeriodSeconds } from './grace.ts';
import { podOf } from './validation/test-pod.ts';

interface Case {
  readonly title: string;
  readonly spec?: Partial<PodSpec>;
  readonly phase?: NonNullable<PodStatus['phase']>;
  readonly requested?: number;
  readonly given?: number;
  readonly wanted: number | undefined;
}

describe('podGracePeriodSeconds', () => {
  const cases: Case[] = [
    { title: 'is what the pod says', spec: { terminationGracePeriodSeconds: 5 }, wanted: 5 },
    { title: 'is half a minute where it says nothing', wanted: 30 },
    { title: 'is what the request says', requested: 60, wanted: 60 },
    { title: 'is nothing when the request wants that', requested: 0, wanted: undefined },
    { title: 'is nothing when the pod wants that', spec: { terminationGracePeriodSeconds: 0 }, wanted: undefined },
    { title: 'is a second for less than nothing', requested: -5, wanted: 1 },
    { title: 'is a second for a pod with less than nothing', spec: { terminationGracePeriodSeconds: -1 }, wanted: 1 },
    { title: 'is nothing for a pod on no node', spec: { nodeName: '' }, requested: 30, wanted: undefined },
    { title: 'is nothing for a pod that has succeeded', phase: 'Succeeded', wanted: undefined },
    { title: 'is nothing for a pod that has failed', phase: 'Failed', wanted: undefined },
    { title: 'is shortened by a second delete', given: 30, requested: 5, wanted: 5 },
    { title: 'is not lengthened by a second delete', given: 5, requested: 30, wanted: 5 },
    { title: 'ends with a second delete without grace', given: 30, requested: 0, wanted: undefined },
  ];
  for (const { title, spec, phase, requested, given, wanted } of cases) {
    it(title, () => {
      const metadata =
        given === undefined ? {} : { deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: given };
      const pod = { ...podOf({ nodeName: 'n', ...spec }, metadata), status: { phase: phase ?? 'Running' } } as const;
      assert.equal(podGracePeriodSeconds(pod, requested), wanted);
    });
  }
});
