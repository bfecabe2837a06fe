import { offeredProtocols } from '../../streams/channel-protocol.ts';
import { checkHandshake, webSocketAcceptor } from '../../streams/websocket.ts';
import type { View } from '../table/represent.ts';
import type { UpgradeExchange } from './handler.ts';
import { watchRequest } from './request-options.ts';
import { type ResourceExchange, type ResourceRouteOptions, setWarnings } from './resource-exchange.ts';
import { WatchSocket } from './watch-socket.ts';
import { WatchStream } from './watch-stream.ts';
import { WatchText } from './watch-text.ts';

/** Answers with a watch's events, line by line until it ends. */
export async function serveWatch(options: ResourceRouteOptions, x: ResourceExchange, view: View): Promise<boolean> {
  const { clock, engine } = options;
  const request = watchRequest(x.kind, x.info);
  setWarnings(x);
  const stream = new WatchStream(x.response, new WatchText(view, () => clock.now()));
  await engine.watch(x.kind, request, stream, x.signal);
  x.response.end();
  return true;
}

/** The same over a WebSocket, which is how the Java client of fabric8 watches. @throws ApiError before the 101. */
export async function upgradeWatch(
  options: ResourceRouteOptions,
  x: UpgradeExchange & Pick<ResourceExchange, 'kind'>,
  view: View,
): Promise<boolean> {
  const { clock, engine } = options;
  const request = watchRequest(x.kind, x.info);
  checkHandshake(x);
  // No subprotocol has a meaning here; a client that names some wants to hear one of them.
  const [protocol = ''] = offeredProtocols(x.request.headers['sec-websocket-protocol']);
  const accept = await webSocketAcceptor(protocol);
  const watch = new WatchSocket(x, accept, new WatchText(view, () => clock.now()));
  await engine.watch(x.kind, request, watch, AbortSignal.any([x.signal, watch.left]));
  watch.close();
  return true;
}
