import { DAEMON_SET } from '../../../api/kinds/daemon-set.ts';
import { POD } from '../../../api/kinds/pod.ts';
import { keyOf, keyText } from '../../../api/registry.ts';
import type { DaemonSet, Pod } from '../../../api/types.ts';
import type { ControllerParts } from '../controller.ts';
import { ClaimWriter } from '../workload/claim-writer.ts';
import { PodWriter } from '../workload/pod-writer.ts';
import { slowStart } from '../workload/slow-start.ts';
import { daemonPod } from './daemon-pod.ts';
import type { Action } from './plan.ts';

const COMPONENT = 'daemonset-controller';

type Deletion = Extract<Action, { do: 'delete' }>;

/** Does what was planned for one DaemonSet, telling of it in Events. */
export class Performer {
  readonly #parts: Pick<ControllerParts, 'client' | 'events'>;
  readonly #claims: ClaimWriter<DaemonSet, Pod>;
  readonly #pods: PodWriter;

  constructor(parts: Pick<ControllerParts, 'client' | 'events'>) {
    this.#parts = parts;
    this.#claims = new ClaimWriter(parts.client, DAEMON_SET, POD);
    this.#pods = new PodWriter({ ...parts, component: COMPONENT });
  }

  /** @throws the first thing that went wrong, when all has been tried that does not depend on it */
  async perform(set: DaemonSet, actions: readonly Action[], hash: string): Promise<void> {
    for (const action of actions) {
      if (action.do === 'adopt' || action.do === 'release') await this.#claims[action.do](set, action.pod);
    }
    const nodes = actions.flatMap((action) => (action.do === 'create' ? [action.node] : []));
    const next = nodes.values();
    const creation = slowStart(nodes.length, async () => {
      const { value } = next.next();
      if (value !== undefined) await this.#pods.create(set, daemonPod(set, value, hash));
    });
    const deletions = actions.filter((action) => action.do === 'delete');
    const outcomes = await Promise.allSettled([creation, ...deletions.map((action) => this.#delete(set, action))]);
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  }

  async #delete(set: DaemonSet, { pod, because, node }: Deletion): Promise<void> {
    if (because) {
      const verb = because === 'failed' ? 'kill' : 'delete';
      this.#parts.events.record(set, {
        type: because === 'failed' ? 'Warning' : 'Normal',
        reason: because === 'failed' ? 'FailedDaemonPod' : 'SucceededDaemonPod',
        message: `Found ${because} daemon pod ${keyText(keyOf(pod))} on node ${node}, will try to ${verb} it`,
        component: COMPONENT,
      });
    }
    await this.#pods.delete(set, pod);
  }
}
