import type { Pod } from '../../../api/types.ts';

/** The ecosystem's own labels (kubelet's dockershim, cri-dockerd): tools that read them find our pods too. */
export const POD_NAME = 'io.kubernetes.pod.name';
export const POD_NAMESPACE = 'io.kubernetes.pod.namespace';
export const POD_UID = 'io.kubernetes.pod.uid';
export const CONTAINER_NAME = 'io.kubernetes.container.name';
export const CONTAINER_TYPE = 'io.kubernetes.docker.type';
export const RESTART_COUNT = 'io.kubernetes.container.restartCount';
/** Ours: which agent made it, so that several can share one engine. */
const OWNER = 'io.bramble.owner';
/** Ours: the image as the spec wrote it; the engine shows an id once the tag has moved. */
export const IMAGE = 'io.bramble.image';

/** The sandbox's container name in labels and names. */
export const SANDBOX_NAME = 'POD';

export interface ContainerIdentity {
  readonly pod: Pod;
  /** SANDBOX_NAME for the sandbox. */
  readonly containerName: string;
  /** 0 for the first under this name in this pod. */
  readonly attempt: number;
}

/** `k8s_<container>_<pod>_<namespace>_<uid>_<attempt>`: unique on a node, and the engine refuses a second. */
export function engineName({ pod, containerName, attempt }: ContainerIdentity): string {
  const { name, namespace, uid } = pod.metadata;
  return ['k8s', containerName, name, namespace ?? 'default', uid ?? '', attempt].join('_');
}

/** Labels that say what a container is; `extra` may add, never replace. */
export function identityLabels(
  { pod, containerName, attempt }: ContainerIdentity,
  owner: string,
  extra: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    ...extra,
    [POD_NAME]: pod.metadata.name,
    [POD_NAMESPACE]: pod.metadata.namespace ?? 'default',
    [POD_UID]: pod.metadata.uid ?? '',
    [CONTAINER_NAME]: containerName,
    [CONTAINER_TYPE]: containerName === SANDBOX_NAME ? 'podsandbox' : 'container',
    [RESTART_COUNT]: String(attempt),
    [OWNER]: owner,
  };
}

/** What the engine's list and events are filtered by. */
export function ownedBy(owner: string, podUid?: string): string[] {
  return [`${OWNER}=${owner}`, podUid === undefined ? POD_UID : `${POD_UID}=${podUid}`];
}
