import type { ContainerStatus, PodCondition, PodStatus } from '../../../api/types.ts';
import { type Millis, toRfc3339 } from '../../../lib/clock.ts';

/** The conditions that are this node's to say; the others are kept as they are. */
const OURS = new Set(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']);

/** Whether a condition is the node's to say. */
export function isOwn(type: string): boolean {
  return OURS.has(type);
}

interface Verdict {
  readonly status: 'True' | 'False';
  readonly reason?: string;
  readonly message?: string;
}

export interface ConditionFacts {
  readonly phase: NonNullable<PodStatus['phase']>;
  readonly init: readonly ContainerStatus[];
  readonly main: readonly ContainerStatus[];
  /** Names of the init containers that are sidecars. */
  readonly sidecars: ReadonlySet<string>;
  readonly isSandboxReady: boolean;
  /** Condition types that must be True beside the containers' readiness. */
  readonly readinessGates: readonly string[];
  readonly generation: number | undefined;
  readonly now: Millis;
}

/** The pod's conditions in kubelet's order; lastTransitionTime moves only with the status. */
export function podConditions(facts: ConditionFacts, previous: readonly PodCondition[]): PodCondition[] {
  const containersReady = containersReadyVerdict(facts);
  const condition = (type: string, verdict: Verdict): PodCondition => {
    const before = previous.find((c) => c.type === type);
    const isSame = before?.status === verdict.status && before.lastTransitionTime !== undefined;
    return {
      type,
      ...(facts.generation === undefined ? {} : { observedGeneration: facts.generation }),
      status: verdict.status,
      lastTransitionTime: isSame ? before.lastTransitionTime : toRfc3339(facts.now),
      ...(verdict.reason ? { reason: verdict.reason } : {}),
      ...(verdict.message ? { message: verdict.message } : {}),
    };
  };
  const foreign = previous.filter((c) => !isOwn(c.type));
  const scheduled = previous.find((c) => c.type === 'PodScheduled') ?? condition('PodScheduled', { status: 'True' });
  return [
    condition('PodReadyToStartContainers', { status: facts.isSandboxReady ? 'True' : 'False' }),
    condition('Initialized', initializedVerdict(facts)),
    condition('Ready', containersReady.status === 'True' ? gatesVerdict(facts, foreign) : containersReady),
    condition('ContainersReady', containersReady),
    scheduled,
    ...foreign,
  ];
}

function containersReadyVerdict({ phase, init, main, sidecars }: ConditionFacts): Verdict {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const unready = [...init.filter((c) => sidecars.has(c.name)), ...main].filter((c) => !c.ready).map((c) => c.name);
  return unready.length === 0 ? { status: 'True' } : notReady('ContainersNotReady', 'unready', unready);
}

/** Source: kubelet, GeneratePodReadyCondition. */
function gatesVerdict({ readinessGates }: ConditionFacts, foreign: readonly PodCondition[]): Verdict {
  const complaints = readinessGates.flatMap((type) => {
    const found = foreign.find((c) => c.type === type);
    if (!found) return [`corresponding condition of pod readiness gate "${type}" does not exist.`];
    if (found.status === 'True') return [];
    return [`the status of pod readiness gate "${type}" is not "True", but ${found.status}`];
  });
  if (complaints.length === 0) return { status: 'True' };
  return { status: 'False', reason: 'ReadinessGatesNotReady', message: complaints.join(', ') };
}

function initializedVerdict({ phase, init, main, sidecars }: ConditionFacts): Verdict {
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' };
  // Once a container of the pod's own has been tried, the pod stays initialized even when a sidecar is down.
  const hasMainStarted = main.some((c) => c.state?.waiting === undefined || c.lastState?.terminated !== undefined);
  const incomplete = init
    .filter((c) => (sidecars.has(c.name) ? !hasMainStarted && !c.started : !c.ready))
    .map((c) => c.name);
  return incomplete.length === 0 ? { status: 'True' } : notReady('ContainersNotInitialized', 'incomplete', incomplete);
}

function notReady(reason: string, adjective: string, names: readonly string[]): Verdict {
  return { status: 'False', reason, message: `containers with ${adjective} status: [${names.join(' ')}]` };
}
