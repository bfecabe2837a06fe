import type { PodSpec } from '../../../api/types.ts';

interface Namespaces {
  readonly PidMode: string;
  readonly IpcMode: string;
}

/** IPC and process namespaces the sandbox opens for its pod. */
export function sandboxNamespaces(spec: PodSpec): Namespaces {
  return { PidMode: spec.hostPID ? 'host' : '', IpcMode: spec.hostIPC ? 'host' : 'shareable' };
}

/** A container shares /dev/shm and IPC with its pod always, processes only where the pod asks. */
export function containerNamespaces(spec: PodSpec, sandboxId: string): Namespaces {
  const sandbox = `container:${sandboxId}`;
  return {
    PidMode: spec.hostPID ? 'host' : spec.shareProcessNamespace ? sandbox : '',
    IpcMode: spec.hostIPC ? 'host' : sandbox,
  };
}
