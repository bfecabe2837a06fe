import { POD } from '../../../api/kinds/pod.ts';
import { PRIORITY_CLASS, SYSTEM_PRIORITY_CLASSES } from '../../../api/kinds/priority-class.ts';
import { forbidden } from '../../../api/meta/errors.ts';
import type { Pod, PriorityClass } from '../../../api/types.ts';
import type { ObjectCache } from '../../resource-client.ts';
import { type AdmissionPlugin, type AdmissionRequest, isOf } from './chain.ts';

/** Gives pods the priority of their class, and keeps the classes in order (Kubernetes' Priority plugin). */
export class PriorityAdmission implements AdmissionPlugin {
  readonly name = 'Priority';
  readonly #cache: ObjectCache;

  constructor(cache: ObjectCache) {
    this.#cache = cache;
  }

  /** @throws ApiError Forbidden for a class that is not there, or that says otherwise than the pod. */
  mutate(request: AdmissionRequest): void {
    if (!isOf(request, POD) || request.subresource !== '') return;
    const pod = request.object as Pod;
    if (request.operation === 'CREATE') this.#assign(pod);
    else if (request.old) keepPriority(pod, request.old as Pod);
  }

  validate(request: AdmissionRequest): void {
    if (!isOf(request, PRIORITY_CLASS)) return;
    const { operation, object } = request;
    if (operation === 'DELETE') assertDeletable(object.metadata.name);
    else if ((object as PriorityClass).globalDefault) this.#assertOnlyDefault(object.metadata.name);
  }

  #assign({ metadata, spec }: Pod): void {
    const refuse = (why: string) => forbidden(POD, metadata.name, why);
    const named = spec.priorityClassName;
    const found = named ? this.#cache.get(PRIORITY_CLASS, { namespace: '', name: named }) : this.#default();
    if (named && !found) throw refuse(`no PriorityClass with name ${named} was found`);
    const value = found?.value ?? 0;
    const policy = found?.preemptionPolicy ?? 'PreemptLowerPriority';
    const computed = 'must not be provided in pod spec; priority admission controller computed';
    const end = 'from the given PriorityClass name';
    if (spec.priority !== undefined && spec.priority !== value) {
      throw refuse(`the integer value of priority (${spec.priority}) ${computed} ${value} ${end}`);
    }
    if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
      throw refuse(`the string value of PreemptionPolicy (${spec.preemptionPolicy}) ${computed} ${policy} ${end}`);
    }
    if (found) spec.priorityClassName = found.metadata.name;
    spec.priority = value;
    spec.preemptionPolicy = policy;
  }

  /** Two may have become it at the same moment: the lower one holds. */
  #default(): PriorityClass | undefined {
    const defaults = this.#cache.list(PRIORITY_CLASS).filter(({ globalDefault }) => globalDefault);
    return defaults.toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0))[0];
  }

  #assertOnlyDefault(name: string): void {
    const other = this.#default();
    if (!other || other.metadata.name === name) return;
    const why = `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`;
    throw forbidden(PRIORITY_CLASS, name, why);
  }
}

/** An update that leaves them out does not take them away. */
function keepPriority({ spec }: Pod, old: Pod): void {
  if (spec.priority === undefined && old.spec.priority !== undefined) spec.priority = old.spec.priority;
  if (spec.preemptionPolicy === undefined && old.spec.preemptionPolicy) {
    spec.preemptionPolicy = old.spec.preemptionPolicy;
  }
}

function assertDeletable(name: string): void {
  if (!SYSTEM_PRIORITY_CLASSES.some(({ metadata }) => metadata.name === name)) return;
  throw forbidden(PRIORITY_CLASS, name, 'this is a system priority class and cannot be deleted');
}
