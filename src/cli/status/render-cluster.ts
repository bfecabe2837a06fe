import { ageText } from '../../api/meta/age.ts';
import type { Millis } from '../../lib/clock.ts';
import type { ClusterStatus, NodeStatus, TroubledPod, Warning } from './cluster.ts';
import { fittedTable, type Screen, sizeText, wrapped } from './page.ts';

/** More would scroll the nodes away. */
const MAX_PODS = 10;

/** The cluster on one page: what is wrong stands out, and the last lines say what to type. */
export function renderCluster(status: ClusterStatus, now: Millis, screen: Screen): string {
  const { server, version, startedAt, storeBytes } = status.master;
  return [
    `${screen.paint('bold', 'Bramble')} ${version} at ${server}`,
    `up ${ageText(startedAt, now)}, store ${sizeText(storeBytes)}`,
    '',
    ...nodeLines(status.nodes, now, screen),
    '',
    ...podLines(status.pods, now, screen),
    ...warningLines(status.warnings, now, screen),
    '',
    'Next:',
    ...status.next.map((command) => `  ${command}`),
  ].join('\n');
}

function nodeLines(nodes: readonly NodeStatus[], now: Millis, { width, paint }: Screen): string[] {
  if (nodes.length === 0) return [paint('yellow', 'No nodes: pods have nowhere to run')];
  const rows = nodes.map((node) => [
    node.name,
    node.isReady ? 'Ready' : 'NotReady',
    node.architecture || '?',
    ageText(node.createdAt || undefined, now),
    node.address || '<none>',
    `${node.pods}/${node.maxPods}`,
    shareText(node),
  ]);
  const [headings = '', ...lines] = fittedTable(
    [['NODE', 'STATUS', 'ARCH', 'AGE', 'ADDRESS', 'PODS', 'MEMORY'], ...rows],
    width,
  );
  return [
    paint('bold', headings),
    ...lines.flatMap((line, index) => {
      const node = nodes[index];
      if (!node) return [];
      const colour = node.isReady ? 'green' : 'red';
      return [
        line.replace(/ ((?:Not)?Ready)\b/, (_, word: string) => ` ${paint(colour, word)}`),
        ...node.problems.flatMap(({ type, message }) =>
          problemLines(type === 'NotReady' ? message : `${type}: ${message}`, node.isReady, { width, paint }),
        ),
        ...(node.isSchedulable ? [] : ['  … cordoned: it gets no new pods']),
      ];
    }),
  ];
}

/** Requested, of what there is: `37%`. */
function shareText({ memoryRequestedBytes, memoryBytes }: NodeStatus): string {
  return memoryBytes > 0 ? `${Math.round((100 * memoryRequestedBytes) / memoryBytes)}%` : '?';
}

function problemLines(text: string, isMinor: boolean, { width, paint }: Screen): string[] {
  const [first = '', ...rest] = wrapped(text, { width, indent: 4, maxLines: 3 });
  const mark = isMinor ? paint('yellow', '!') : paint('red', '✗');
  return [`  ${mark} ${first.trimStart()}`, ...rest];
}

function podLines({ total, troubled }: ClusterStatus['pods'], now: Millis, screen: Screen): string[] {
  const wrong = troubled.filter(({ isWrong }) => isWrong);
  const well = total - troubled.length;
  const counts = `${well} of ${total} pod${total === 1 ? '' : 's'} well`;
  const { paint } = screen;
  if (troubled.length === 0)
    return [total === 0 ? 'No pods yet' : paint('green', `All of ${counts.replace(/^\d+ of /, '')}`)];
  return [
    paint('bold', `${counts}, ${wrong.length} in trouble, ${troubled.length - wrong.length} starting or ending`),
    ...troubled.slice(0, MAX_PODS).flatMap((pod) => troubledLines(pod, now, screen)),
    ...(troubled.length > MAX_PODS ? [`  and ${troubled.length - MAX_PODS} more: kubectl get pods -A`] : []),
  ];
}

function troubledLines(pod: TroubledPod, now: Millis, { width, paint }: Screen): string[] {
  const mark = pod.isWrong ? paint('red', '✗') : '…';
  const what = `${pod.status}${pod.node ? ` on ${pod.node}` : ''}, ${ageText(pod.createdAt || undefined, now)} old`;
  const [first = '', ...rest] = wrapped(`${pod.namespace}/${pod.name}  ${what}`, { width, indent: 4, maxLines: 2 });
  return [
    `  ${mark} ${first.trimStart()}`,
    ...rest,
    ...(pod.message ? wrapped(pod.message, { width, indent: 6, maxLines: 3 }) : []),
  ];
}

function warningLines(warnings: readonly Warning[], now: Millis, { width, paint }: Screen): string[] {
  if (warnings.length === 0) return [];
  return [
    '',
    paint('bold', 'Last warnings'),
    ...warnings.flatMap(({ lastSeen, count, object, reason, message }) => {
      const times = count > 1 ? ` (${count} times)` : '';
      const text = `${ageText(lastSeen, now)} ago${times}, ${object}: ${reason}: ${message}`;
      const [first = '', ...rest] = wrapped(text, { width, indent: 4, maxLines: 2 });
      return [`  ${first.trimStart()}`, ...rest];
    }),
  ];
}
