import { ApiError, type StatusReason } from '../../api/meta/errors.ts';
import type { Pod } from '../../api/types.ts';
import type { FrameStream } from '../../rpc/frame-stream.ts';
import type { OpenStream } from '../../rpc/messages.ts';
import { nodeOf } from './pod-container.ts';

/** What is needed of the connected agents. */
export interface NodeStreamOpener {
  /** @throws ApiError ServiceUnavailable when the node is not connected, Timeout when its agent does not answer. */
  openStream(nodeName: string, request: Omit<OpenStream, 'streamId'>, signal: AbortSignal): Promise<FrameStream>;
}

export type StreamKind = Pick<OpenStream, 'log' | 'exec' | 'attach' | 'portForward' | 'dial'>;

/** The agent refused: its own error, to be told apart from those of the way there. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly failure: ApiError;
  constructor(failure: ApiError) {
    super(failure.message, { cause: failure });
    this.failure = failure;
  }
}

/**
 * Opens a stream to a pod and waits until the agent says that what was asked for is there.
 * The stream is broken off when the signal aborts.
 * @throws ApiError when the node cannot be reached, RefusedError when its agent has no such thing.
 */
export async function openPodStream(
  nodes: NodeStreamOpener,
  { pod, container, signal, ...kind }: StreamKind & { pod: Pod; container: string; signal: AbortSignal },
): Promise<FrameStream> {
  const { name, namespace = 'default', uid = '' } = pod.metadata;
  return openNodeStream(nodes, { nodeName: nodeOf(pod), signal, namespace, name, uid, container, ...kind });
}

/** The same of anything on a node. */
export async function openNodeStream(
  nodes: NodeStreamOpener,
  { nodeName, signal, ...request }: Omit<OpenStream, 'streamId'> & { nodeName: string; signal: AbortSignal },
): Promise<FrameStream> {
  const stream = await nodes.openStream(nodeName, request, signal);
  const giveUp = () => stream.cancel('the client is gone');
  signal.addEventListener('abort', giveUp, { once: true });
  stream.closed.addEventListener('abort', () => signal.removeEventListener('abort', giveUp), { once: true });
  if (signal.aborted) giveUp();
  const { value: first } = await stream[Symbol.asyncIterator]().next();
  if (first?.hello) return stream;
  stream.end();
  throw new RefusedError(first?.result ? parseFailure(first.result.status) : brokenOff(nodeName));
}

/** A stream that ended without a Status. */
function brokenOff(nodeName: string): ApiError {
  return new ApiError('ServiceUnavailable', `node "${nodeName}" broke the stream off`);
}

/** A metav1.Status as sent by an agent. */
export interface SentStatus {
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
}

/** @param bytes JSON of a Status. @throws SyntaxError */
export function parseStatus(bytes: Uint8Array): SentStatus {
  return JSON.parse(Buffer.from(bytes).toString()) as SentStatus;
}

const REASONS: readonly StatusReason[] = ['NotFound', 'BadRequest', 'ServiceUnavailable', 'Timeout', 'InternalError'];

function parseFailure(bytes: Uint8Array): ApiError {
  const { reason, message = 'the node gave no reason' } = parseStatus(bytes);
  return new ApiError(REASONS.find((known) => known === reason) ?? 'InternalError', message);
}
