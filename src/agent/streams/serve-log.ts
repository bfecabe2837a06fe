import type { Clock } from '../../lib/clock.ts';
import type { FrameStream } from '../../rpc/frame-stream.ts';
import type { LogRequest } from '../../rpc/messages.ts';
import type { LogOptions, Runtime } from '../runtime/runtime.ts';

const STDOUT = 1;

/** The engine's options for what was asked. */
export function logOptions(request: LogRequest, now: number): LogOptions {
  const { follow, timestamps, sinceSeconds, sinceTime, hasTailLines, tailLines } = request;
  const sinceMs = sinceTime ? Date.parse(sinceTime) : sinceSeconds > 0 ? now - sinceSeconds * 1000 : undefined;
  return {
    follow,
    timestamps,
    ...(sinceMs === undefined || Number.isNaN(sinceMs) ? {} : { sinceMs }),
    ...(hasTailLines ? { tailLines } : {}),
  };
}

/** Sends a container's log until it ends or `limitBytes` are sent; a followed one ends with the container or the client. */
export async function serveLog(
  { runtime, clock, stream, ready }: LogParts,
  containerId: string,
  request: LogRequest,
): Promise<void> {
  const source = await runtime.logs(containerId, logOptions(request, clock.now()), stream.closed);
  await ready();
  let left = request.limitBytes > 0 ? request.limitBytes : Number.POSITIVE_INFINITY;
  // Leaving the loop destroys the source, which lets go of the engine's connection.
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk).subarray(0, Math.min(left, chunk.length));
    left -= bytes.length;
    await stream.write({ data: { channel: STDOUT, data: bytes } });
    if (left === 0) return;
  }
}

export interface LogParts {
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly stream: FrameStream;
  /** Tells the master that the log is there. */
  readonly ready: () => Promise<void>;
}
