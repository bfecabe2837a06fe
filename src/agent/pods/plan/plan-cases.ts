/** What the tests of plans share: steps in a word or two, and tables of them. */
import assert from 'node:assert/strict';
import type { Pod } from '../../../api/types.ts';
import type { ImageInfo, ObservedContainer } from '../../runtime/runtime.ts';
import { freshMemory, imageReady, networkAttached, type PodMemory, volumesReady } from '../pod-memory.ts';
import { aContainer, aKey, aPod, NOW } from '../test-builders.ts';
import { plan } from './plan.ts';
import type { Step } from './step.ts';

export const IMAGE: ImageInfo = {
  id: 'sha256:1',
  digestReference: '',
  architecture: 'amd64',
  entrypoint: [],
  command: [],
  user: '',
  sizeBytes: 1,
};

/** A memory in which everything before containers is done; `images`: containers whose image is at hand. */
export function ready(...images: string[]): PodMemory {
  const base = networkAttached(volumesReady(freshMemory(NOW - 60_000)), 'sandbox-0');
  return images.reduce((memory, name) => imageReady(memory, aKey(name), IMAGE), base);
}

/** A step in a word or two. */
export function brief(step: Step): string {
  switch (step.do) {
    case 'startContainer':
      return `start ${step.container}#${step.attempt}${step.backOffSeconds ? ` then ${step.backOffSeconds}s` : ''}`;
    case 'stopContainer':
      return `stop ${step.id} in ${step.graceSeconds}s`;
    case 'removeContainer':
      return `remove ${step.id}`;
    case 'runSandbox':
      return `sandbox#${step.attempt}`;
    case 'recordEvent':
      return `event ${step.event.reason}`;
    case 'wakeAt':
      return `wake +${(step.at - NOW) / 1000}s`;
    case 'inspectImage':
    case 'pullImage':
      return `${step.do === 'pullImage' ? 'pull' : 'inspect'} ${step.container}`;
    default:
      return step.do;
  }
}

function planned(pod: Pod | undefined, observed: ObservedContainer[], memory: PodMemory = ready()): string[] {
  return plan({ pod, observed, memory, now: NOW, isNetworkReady: true }).map(brief);
}

export const failure = (reason: string, agoMs = 0) => ({ reason, message: 'no', now: NOW - agoMs });
export const sidecar = (name: string) => aContainer(name, { restartPolicy: 'Always' });

interface Case {
  readonly title: string;
  readonly pod?: Pod | undefined;
  readonly observed?: ObservedContainer[];
  readonly memory?: PodMemory;
  readonly steps: string[];
}

export function table(cases: readonly Case[]): void {
  for (const { title, observed = [], memory, steps, ...rest } of cases) {
    it(title, () => {
      const pod = 'pod' in rest ? rest.pod : aPod();
      assert.deepEqual(planned(pod, observed, memory), steps);
    });
  }
}
