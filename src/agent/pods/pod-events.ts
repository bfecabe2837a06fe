import type { Pod } from '../../api/types.ts';
import type { Reports } from '../assignments.ts';
import type { PlannedEvent } from './plan/step.ts';

/** The part of a pod that an event is about: `spec.containers{nginx}`; '' for the pod itself. */
function fieldPathOf(pod: Pod, container: string | undefined): string {
  if (container === undefined) return '';
  const isInit = (pod.spec.initContainers ?? []).some((c) => c.name === container);
  return `spec.${isInit ? 'initContainers' : 'containers'}{${container}}`;
}

/** Tells events about one pod. */
export class PodEvents {
  readonly #reports: Reports;

  constructor(reports: Reports) {
    this.#reports = reports;
  }

  tell(pod: Pod, { type, reason, message, container }: PlannedEvent): void {
    this.#reports.event({ pod, fieldPath: fieldPathOf(pod, container), type, reason, message });
  }

  normal(pod: Pod, container: string | undefined, [reason, message]: readonly [string, string]): void {
    this.tell(pod, { type: 'Normal', reason, message, container });
  }

  warning(pod: Pod, container: string | undefined, [reason, message]: readonly [string, string]): void {
    this.tell(pod, { type: 'Warning', reason, message, container });
  }
}
