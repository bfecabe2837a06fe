import type { Millis } from '../../../lib/clock.ts';

/** An event about the pod, worded as kubelet words it. */
export interface PlannedEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** The container it concerns; undefined for the pod. */
  readonly container: string | undefined;
}

/**
 * One thing to do for a pod. Steps of a plan are done in order; the first that fails ends the pass. `pullImage`, hooks and
 * `stopContainer` last long: they run beside the passes that follow, for as long as each plan still holds them.
 */
export type Step =
  | { readonly do: 'setUpVolumes' }
  /** What a running pod's volumes are made from has changed. */
  | { readonly do: 'refreshVolumes' }
  | { readonly do: 'runSandbox'; readonly attempt: number }
  | { readonly do: 'attachNetwork'; readonly sandboxId: string; readonly pid: number }
  | { readonly do: 'inspectImage'; readonly container: string }
  | { readonly do: 'pullImage'; readonly container: string; readonly image: string }
  | {
      readonly do: 'startContainer';
      readonly container: string;
      readonly attempt: number;
      readonly sandboxId: string;
      /** What follows this container's end; 0 for the first. */
      readonly backOffSeconds: number;
    }
  | { readonly do: 'runPostStart'; readonly container: string; readonly id: string }
  | { readonly do: 'runPreStop'; readonly container: string; readonly id: string }
  | {
      readonly do: 'stopContainer';
      readonly id: string;
      readonly graceSeconds: number;
      /** The pod's own grace at that time: a new one starts the stop anew. */
      readonly podGraceSeconds: number;
    }
  | { readonly do: 'removeContainer'; readonly id: string }
  | { readonly do: 'tearDown' }
  | { readonly do: 'reportGone' }
  /** `key`: told once while this agent lives. */
  | { readonly do: 'recordEvent'; readonly key: string; readonly event: PlannedEvent }
  | { readonly do: 'wakeAt'; readonly at: Millis };

export type LongStep = Extract<Step, { do: 'pullImage' | 'runPostStart' | 'runPreStop' | 'stopContainer' }>;

/** Whether a step runs beside the passes instead of in one. */
export function isLong(step: Step): step is LongStep {
  return longKinds.has(step.do);
}

const longKinds: ReadonlySet<Step['do']> = new Set(['pullImage', 'runPostStart', 'runPreStop', 'stopContainer']);

/** Two plans that hold the same key want the same long work. */
export function longStepKey(step: LongStep): string {
  switch (step.do) {
    case 'pullImage':
      return `pull/${step.container}/${step.image}`;
    case 'stopContainer':
      return `stop/${step.id}/${step.podGraceSeconds}`;
    default:
      return `${step.do}/${step.id}`;
  }
}
