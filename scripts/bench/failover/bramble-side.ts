import { setTimeout as sleep } from 'node:timers/promises';
import type { Node, Pod } from '../../../src/api/types.ts';
import { isReady } from '../../../src/cli/up/daemons.ts';
import type { Lab } from '../../../test/lab/lab.ts';
import { ApiConnection } from '../../lib/api-connection.ts';
import { type FailoverSide, harm, type Loss, mend, WAYS, type Way } from './loss.ts';

const PODS = '/api/v1/namespaces/default/pods';
const NODES = '/api/v1/nodes';
const WITHIN_MS = 180_000;
const LABELS = { app: 'web' };
const SPEC = {
  terminationGracePeriodSeconds: 1,
  containers: [{ name: 'main', image: 'busybox:1', command: ['sleep', '100000'] }],
};

/** A ReplicaSet of one pod, and a pod on every node that stays there whatever happens. */
export class BrambleSide implements FailoverSide {
  readonly name: string;
  readonly ways = WAYS;
  readonly #lab: Lab;
  readonly #api: ApiConnection;

  private constructor(name: string, lab: Lab) {
    this.name = name;
    this.#lab = lab;
    this.#api = new ApiConnection(lab.kubeconfig);
  }

  static async open(name: string, lab: Lab): Promise<BrambleSide> {
    for (const node of lab.nodes) await node.run('docker', ['pull', '-q', 'busybox:1']);
    const side = new BrambleSide(name, lab);
    const web = { metadata: { labels: LABELS }, spec: SPEC };
    await side.#api.json('POST', '/apis/apps/v1/namespaces/default/replicasets', {
      body: { metadata: { name: 'web' }, spec: { replicas: 1, selector: { matchLabels: LABELS }, template: web } },
    });
    for (const { name: nodeName } of lab.nodes) await side.#createBystander(nodeName);
    await side.#order();
    return side;
  }

  async lose(way: Way): Promise<Loss> {
    const before = await this.#order();
    const victim = before.find(({ metadata }) => metadata.ownerReferences);
    const node = victim?.spec.nodeName ?? '';
    const times = await this.#watchLoss(node, victim?.metadata.uid ?? '', () => harm(this.#lab, node, way));
    await mend(this.#lab, node);
    const after = await this.#order();
    // What ran on a machine without power has no choice.
    const spared = this.#lab.nodes.map(({ name }) => name).filter((name) => way !== 'power' || name !== node);
    const disturbed = spared.filter((name) => markOf(before, name) !== markOf(after, name));
    return { ...times, disturbed: disturbed.length };
  }

  async #createBystander(nodeName: string): Promise<void> {
    const spec = { ...SPEC, nodeName, tolerations: [{ operator: 'Exists' }] };
    await this.#api.json('POST', PODS, { body: { metadata: { name: bystanderOn(nodeName) }, spec } });
  }

  async #watchLoss(node: string, uid: string, act: () => Promise<void>): Promise<Loss> {
    let [noticed, replaced]: [number?, number?] = [];
    const stops = [
      await this.#api.watch<Node>(`${NODES}?watch=true`, ({ object }) => {
        if (object.metadata.name === node && !isReady(object)) noticed ??= performance.now();
      }),
      await this.#api.watch<Pod>(`${PODS}?watch=true&labelSelector=app%3Dweb`, ({ object }) => {
        const isOther = object.metadata.uid !== uid && object.spec.nodeName !== node;
        if (isOther && object.status?.phase === 'Running') replaced ??= performance.now();
      }),
    ];
    const start = performance.now();
    try {
      await act();
      for (const end = start + WITHIN_MS; performance.now() < end; await sleep(20)) {
        if (noticed && replaced) return { noticedMs: noticed - start, replacedMs: replaced - start };
      }
    } finally {
      for (const stop of stops) stop();
    }
    throw new Error(
      `${this.name}: the loss of ${node} is ${noticed ? 'noticed, and' : 'not noticed, so'} nothing replaced`,
    );
  }

  /** Waits until all nodes are Ready, and one web and every bystander run. @returns the pods */
  async #order(): Promise<Pod[]> {
    let why = '';
    for (const end = Date.now() + WITHIN_MS; Date.now() < end; await sleep(100)) {
      const { items: nodes } = await this.#api.json<{ items: Node[] }>('GET', NODES);
      const { items: pods } = await this.#api.json<{ items: Pod[] }>('GET', PODS);
      const off = [...nodes, ...pods].filter((each) => !isReady(each)).map(({ metadata }) => metadata.name);
      why = `${pods.length} pods; not Ready: ${off.join(', ')}`;
      if (off.length === 0 && pods.length === this.#lab.nodes.length + 1) return pods;
    }
    throw new Error(`${this.name} does not come to order: ${why}`);
  }
}

function bystanderOn(node: string): string {
  return `bystander-${node}`;
}

/** Differs when the bystander on a node was restarted. */
function markOf(pods: readonly Pod[], node: string): string {
  const status = pods.find(({ metadata }) => metadata.name === bystanderOn(node))?.status?.containerStatuses?.[0];
  return `${status?.containerID} ${status?.restartCount}`;
}
