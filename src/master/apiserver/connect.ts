import type { Duplex } from 'node:stream';
import type { Pod } from '../../api/types.ts';
import type { UserInfo } from './auth/user.ts';
import type { HttpRequest, HttpResponse } from './http/exchange.ts';

/** A request that goes through to a pod: authenticated, authorized, and the pod is there. */
export interface ConnectContext {
  readonly pod: Pod;
  readonly query: URLSearchParams;
  readonly request: HttpRequest;
  /** Aborts when the client goes away or the server stops. */
  readonly signal: AbortSignal;
  readonly user: UserInfo;
}

export interface LogContext extends ConnectContext {
  /** Nothing was written yet: an ApiError thrown before the first byte is answered as a Status. */
  readonly response: HttpResponse;
}

export interface UpgradeContext extends ConnectContext {
  /** HTTP/1.1 with `Upgrade: websocket` (GET) or `Upgrade: SPDY/3.1` (POST); the 101 is the handler's to write. */
  readonly socket: Duplex;
  /** What the client sent behind its request head already. */
  readonly head: Buffer;
}

/**
 * The subresources that are streams. Each resolves when the stream is over. An ApiError thrown before anything was written
 * is answered as a Status (on the raw socket for upgrades); later ones only end the connection.
 */
export interface ConnectHandlers {
  log(context: LogContext): Promise<void>;
  /** The same over a WebSocket. */
  logSocket(context: UpgradeContext): Promise<void>;
  exec(context: UpgradeContext): Promise<void>;
  attach(context: UpgradeContext): Promise<void>;
  portForward(context: UpgradeContext): Promise<void>;
}
