import type { ChannelOptions } from '@grpc/grpc-js';

/** How fast a dead link is noticed: pings after `idleMs` of silence, given up `timeoutMs` later. */
export interface Keepalive {
  readonly idleMs: number;
  readonly timeoutMs: number;
}

/** Both ends ping: whichever side is left alone knows within 9 s. */
export const DEFAULT_KEEPALIVE: Keepalive = { idleMs: 5_000, timeoutMs: 4_000 };

/** Objects are up to 3 MB as JSON (the API's own limit on bodies). */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/**
 * Bytes on their way down per stream: enough for a gigabit link at 2 ms, little enough for many streams on a Pi. (Upwards it is
 * HTTP/2's 64 KiB: grpc-js has no such option for servers.)
 */
const WINDOW_BYTES = 256 * 1024;

/** The name every master's certificate carries; agents check this one, since an address may be anything (NAT, tunnel). */
export const MASTER_NAME = 'kubernetes.default.svc';

/** Options that both ends share. */
export function transportOptions(keepalive: Keepalive): ChannelOptions {
  return {
    'grpc.keepalive_time_ms': keepalive.idleMs,
    'grpc.keepalive_timeout_ms': keepalive.timeoutMs,
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    'grpc-node.flow_control_window': WINDOW_BYTES,
    'grpc.enable_channelz': 0,
  };
}
