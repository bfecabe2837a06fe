import { type ApiError, badRequest } from '../../api/meta/errors.ts';
import type { ContainerState, ContainerStatus, Pod } from '../../api/types.ts';

/**
 * The container a request is about: the one it names, or the only one.
 * @param name '' when the request names none.
 * @throws ApiError BadRequest in Kubernetes' words (registry/core/pod, validateContainer).
 */
export function chooseContainer({ metadata, spec }: Pod, name: string): string {
  const names = [spec.initContainers, spec.containers, spec.ephemeralContainers].flatMap((list) =>
    (list ?? []).map((container) => container.name),
  );
  if (name) {
    if (names.includes(name)) return name;
    throw badRequest(`container ${name} is not valid for pod ${metadata.name}`);
  }
  const [only, another] = spec.containers;
  if (only && !another) return only.name;
  const choices = only ? `, choose one of: [${names.join(' ')}]` : '';
  throw badRequest(`a container name must be specified for pod ${metadata.name}${choices}`);
}

/** The node a pod is bound to. @throws ApiError BadRequest in Kubernetes' words. */
export function nodeOf({ metadata, spec }: Pod): string {
  if (!spec.nodeName) throw badRequest(`pod ${metadata.name} does not have a host assigned`);
  return spec.nodeName;
}

/** Why a pod's node has no log of a container, in kubelet's words (validateContainerLogStatus). */
export function logUnavailable(pod: Pod, container: string, previous: boolean): ApiError {
  const where = `container "${container}" in pod "${pod.metadata.name}"`;
  if (previous) return badRequest(`previous terminated ${where} not found`);
  const status = statusOf(pod, container);
  // Bound, and its node has not said anything of it yet.
  if (!status && pod.status?.phase === 'Pending') return badRequest(`${where} is waiting to start: ContainerCreating`);
  if (!status) return badRequest(`${where} is not available`);
  return badRequest(`${where} is ${stateText(status.state ?? {})}`);
}

function statusOf({ status = {} }: Pod, name: string): ContainerStatus | undefined {
  const { containerStatuses, initContainerStatuses, ephemeralContainerStatuses } = status;
  return [containerStatuses, initContainerStatuses, ephemeralContainerStatuses]
    .flatMap((list) => list ?? [])
    .find((one) => one.name === name);
}

function stateText({ waiting, terminated }: ContainerState): string {
  if (terminated) return 'terminated';
  switch (waiting?.reason) {
    case undefined:
      return 'waiting to start - no logs yet';
    case 'ErrImagePull':
      return "waiting to start: image can't be pulled";
    case 'ImagePullBackOff':
      return 'waiting to start: trying and failing to pull image';
    default:
      return `waiting to start: ${waiting?.reason}`;
  }
}
