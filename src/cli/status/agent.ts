import type { ObservedContainer } from '../../agent/runtime/runtime.ts';
import type { AgentState } from '../../agent/state-file.ts';
import { ageText, durationText } from '../../api/meta/age.ts';
import type { Millis } from '../../lib/clock.ts';
import { fittedTable, type Screen, wrapped } from './page.ts';

/** What was read on a machine that is a node and no master. */
export interface AgentFacts {
  /** By its certificate. */
  readonly nodeName: string;
  /** undefined: no agent runs. */
  readonly state: AgentState | undefined;
  /** Since the master's last answer; Infinity when there was none since the boot. */
  readonly silenceMs: Millis;
  /** undefined: Docker does not answer. */
  readonly containers: readonly ObservedContainer[] | undefined;
  readonly hasSystemd: boolean;
  readonly dataDir: string;
}

/** A node as it sees itself: what `bramble status --json` prints there. */
export interface AgentStatus {
  readonly isWell: boolean;
  readonly nodeName: string;
  readonly address: string;
  readonly masters: readonly string[];
  /** RFC 3339; '' while there is no session. */
  readonly connectedSince: string;
  readonly problems: readonly string[];
  readonly pods: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly running: number;
    readonly all: number;
  }[];
  readonly next: readonly string[];
}

export function judgeAgent({ nodeName, state, silenceMs, containers, ...place }: AgentFacts): AgentStatus {
  const problems: string[] = [];
  const next: string[] = [];
  if (!state) {
    problems.push('the agent does not run; what runs of its pods runs on');
    next.push(place.hasSystemd ? 'journalctl -u bramble-agent -n 50' : `tail ${place.dataDir}/log/agent.log`);
  } else if (!state.connectedSince) {
    const since =
      silenceMs === Number.POSITIVE_INFINITY ? 'since this machine was started' : `for ${durationText(silenceMs)}`;
    problems.push(`no contact with the master ${since}; its pods run on`);
    next.push('bramble status   # on the master', 'bramble doctor');
  } else if (!state.isReady) {
    problems.push(`not Ready: ${state.readyMessage}`);
    next.push('bramble doctor');
  }
  if (!containers) {
    problems.push('Docker does not answer');
    next.push(place.hasSystemd ? 'systemctl status docker' : 'bramble doctor');
  }
  return {
    isWell: problems.length === 0,
    nodeName: state?.nodeName ?? nodeName,
    address: state?.address ?? '',
    masters: state?.masters ?? [],
    connectedSince: state?.connectedSince ?? '',
    problems,
    pods: podsOf(containers ?? []),
    next: next.length > 0 ? [...new Set(next)] : ['bramble status   # on the master: the whole cluster'],
  };
}

/** Pods by their containers; an init container that is done counts for nothing. */
function podsOf(containers: readonly ObservedContainer[]): AgentStatus['pods'] {
  const pods = new Map<string, { namespace: string; name: string; newest: Map<string, ObservedContainer> }>();
  for (const container of containers) {
    const { podUid, podNamespace: namespace, podName: name } = container;
    const pod = pods.get(podUid) ?? { namespace, name, newest: new Map() };
    pods.set(podUid, pod);
    const held = pod.newest.get(container.containerName);
    if (container.role === 'container' && (held?.attempt ?? -1) < container.attempt) {
      pod.newest.set(container.containerName, container);
    }
  }
  return [...pods.values()]
    .map(({ namespace, name, newest }) => {
      const running = [...newest.values()].filter(({ state }) => state === 'running').length;
      const done = [...newest.values()].filter(({ state, exitCode }) => state === 'exited' && exitCode === 0).length;
      return { namespace, name, running, all: newest.size - done };
    })
    .sort((a, b) => (`${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1));
}

export function renderAgent(status: AgentStatus, now: Millis, { width, paint }: Screen): string {
  const { nodeName, address, masters, connectedSince, problems, pods, next } = status;
  const rows = pods.map(({ namespace, name, running, all }) => [`${namespace}/${name}`, `${running}/${all}`]);
  return [
    `${paint('bold', `Node ${nodeName}`)}${address ? ` at ${address}` : ''}${masters.length > 0 ? `, of the master at ${masters.join(', ')}` : ''}`,
    ...(connectedSince ? [`connected for ${ageText(connectedSince, now)}`] : []),
    ...problems.flatMap((problem) => {
      const [first = '', ...rest] = wrapped(problem, { width, indent: 2, maxLines: 4 });
      return [`${paint('red', '✗')} ${first.trimStart()}`, ...rest];
    }),
    '',
    ...(rows.length > 0 ? fittedTable([['POD', 'CONTAINERS RUNNING'], ...rows], width) : ['No pods here']),
    '',
    'Next:',
    ...next.map((command) => `  ${command}`),
  ].join('\n');
}
