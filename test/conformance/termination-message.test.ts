import assert from 'node:assert/strict';
import type { Container } from '../../src/api/types.ts';
import { job } from '../e2e/pods/manifests.ts';
import { conformance } from './lib/conformance.ts';
import { Pods, stateOf } from './lib/pods.ts';

interface Case {
  readonly behaviour: string;
  readonly script: string;
  readonly container: Partial<Container>;
  readonly phase: 'Succeeded' | 'Failed';
  readonly message: string | undefined;
}

const FALLBACK = { terminationMessagePolicy: 'FallbackToLogsOnError' } as const;

const CASES: readonly Case[] = [
  {
    behaviour: 'if TerminationMessagePath is set as non-root user and at a non-default path',
    script: 'printf DONE > /dev/termination-custom-log',
    container: {
      terminationMessagePath: '/dev/termination-custom-log',
      securityContext: { runAsUser: 1000 },
    },
    phase: 'Succeeded',
    message: 'DONE',
  },
  {
    behaviour: 'from log output if TerminationMessagePolicy FallbackToLogsOnError is set',
    script: 'printf DONE; exit 1',
    container: FALLBACK,
    phase: 'Failed',
    message: 'DONE',
  },
  {
    behaviour: 'as empty when pod succeeds and TerminationMessagePolicy FallbackToLogsOnError is set',
    script: 'printf DONE; exit 0',
    container: FALLBACK,
    phase: 'Succeeded',
    message: undefined,
  },
  {
    behaviour: 'from file when pod succeeds and TerminationMessagePolicy FallbackToLogsOnError is set',
    script: 'printf OK > /dev/termination-log; printf DONE; exit 0',
    container: FALLBACK,
    phase: 'Succeeded',
    message: 'OK',
  },
];

for (const { behaviour, script, container, phase, message } of CASES) {
  conformance(
    `[sig-node] Container Runtime blackbox test on terminated container should report termination message ${behaviour} [Conformance] [NodeConformance]`,
    async (context) => {
      const pods = new Pods(context);
      await pods.create(job('main', script, {}, container));
      const { terminated } = stateOf(await pods.phase('main', phase));
      assert.equal(terminated?.message, message);
    },
  );
}
