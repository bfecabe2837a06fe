import { badRequest, conflict } from '../../../api/meta/errors.ts';
import type { KindDefinition, ObjectKey } from '../../../api/registry.ts';
import type { KubeObject, Pod } from '../../../api/types.ts';
import { toRfc3339 } from '../../../lib/clock.ts';
import type { EngineDeps, WriteContext } from './engine-deps.ts';
import { updateObject } from './update.ts';

export interface BindRequest extends WriteContext {
  readonly pod: ObjectKey;
  /** `''`: whichever pod has the name. */
  readonly uid: string;
  readonly nodeName: string;
  /** Laid over the pod's own, as a Binding's are. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Gives a pod its node: spec.nodeName and the condition PodScheduled.
 * @throws ApiError NotFound; Conflict when the pod is another one by now, is being deleted, or is bound already.
 */
export async function bindPod(deps: EngineDeps, kind: KindDefinition<Pod>, request: BindRequest): Promise<Pod> {
  if (!request.nodeName) throw badRequest('target.name: Required value');
  const now = toRfc3339(deps.clock.now());
  const bound = await updateObject(deps, kind, {
    ...request,
    key: request.pod,
    subresource: 'binding',
    change: (current) => bindTo(kind, current as Pod, request, now),
  });
  return bound as Pod;
}

function bindTo(
  kind: KindDefinition<Pod>,
  pod: Pod,
  { uid, nodeName, annotations }: BindRequest,
  now: string,
): KubeObject {
  const { metadata, spec } = pod;
  const refuse = (why: string) => conflict(kind, metadata.name, why);
  if (uid && uid !== metadata.uid) {
    throw refuse(`Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`);
  }
  if (metadata.deletionTimestamp) throw refuse(`pod ${metadata.name} is being deleted, cannot be assigned to a host`);
  if (spec.nodeName) throw refuse(`pod ${metadata.name} is already assigned to node ${JSON.stringify(spec.nodeName)}`);
  if (spec.schedulingGates?.length) throw refuse(`pod ${metadata.name} has non-empty .spec.schedulingGates`);
  spec.nodeName = nodeName;
  if (annotations) metadata.annotations = { ...metadata.annotations, ...annotations };
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled');
  const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: now };
  // It has what it waited for.
  const { nominatedNodeName: _, ...status } = pod.status ?? {};
  pod.status = { ...status, conditions: [...others, scheduled] };
  return pod;
}
