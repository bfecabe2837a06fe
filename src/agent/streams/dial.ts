import { networkInterfaces } from 'node:os';
import { ApiError } from '../../api/meta/errors.ts';
import type { Pod } from '../../api/types.ts';
import type { DialRequest } from '../../rpc/messages.ts';
import type { ObservedContainer } from '../runtime/runtime.ts';
import { connectTo, type PodConnection } from './pod-connection.ts';

/** What is dialled: a pod with its containers, or without one the node itself. */
export interface Dialled {
  readonly pod: Pod | undefined;
  readonly observed: readonly ObservedContainer[];
  readonly request: DialRequest;
}

/** Connects to a pod's address, or to the node's own. @throws ApiError InternalError in the words of Go's dialler, as kube-apiserver has them */
export function dial({ pod, observed, request }: Dialled, signal: AbortSignal): Promise<PodConnection> {
  const host = pod && !pod.spec.hostNetwork ? podAddress(pod, observed) : nodeAddress(request.nodeAddress);
  const words = (where: string, why: string) => `dial tcp ${where}: connect: ${why}`;
  return connectTo({ host, port: request.port, words }, signal);
}

function podAddress(pod: Pod, observed: readonly ObservedContainer[]): string {
  const sandbox = observed.find(({ role, state }) => role === 'sandbox' && state === 'running');
  if (sandbox?.ip) return sandbox.ip;
  throw new ApiError('InternalError', `the sandbox of pod "${pod.metadata.name}" is not running`);
}

/** Nothing but this machine is reached by way of it, and nothing that listens on its loopback alone. */
function nodeAddress(address: string): string {
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  if (own.some((one) => one.address === address && !one.internal)) return address;
  throw new ApiError('InternalError', `"${address}" is no address of this node`);
}
