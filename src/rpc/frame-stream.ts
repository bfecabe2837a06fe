import type { StreamFrame } from './messages.ts';

/** One end of a Node.Stream: frames both ways with HTTP/2's own flow control behind it. */
export interface FrameStream extends AsyncIterable<StreamFrame> {
  /** Aborted when the stream is over, however it ended. */
  readonly closed: AbortSignal;
  /** Resolves when the transport takes more; rejects when the stream is broken. */
  write(frame: StreamFrame): Promise<void>;
  /** Ends our side after what was written. */
  end(): void;
  /** Breaks it off both ways. */
  cancel(reason: string): void;
}
