import { type ApiError, badRequest } from '../../api/meta/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { writeTo } from '../../lib/write-to.ts';
import type { FrameStream } from '../../rpc/frame-stream.ts';
import type { AttachRequest } from '../../rpc/messages.ts';
import type { ConnectHandlers, LogContext, UpgradeContext } from '../apiserver/connect.ts';
import { chooseChannelProtocol, offeredProtocols } from './channel-protocol.ts';
import { parseAttachOptions, parseExecOptions } from './command-options.ts';
import { parseLogOptions } from './log-options.ts';
import { chooseLogProtocol, sendLog } from './log-socket.ts';
import { type NodeStreamOpener, openPodStream, RefusedError, type StreamKind } from './node-stream.ts';
import { chooseContainer, logUnavailable, nodeOf } from './pod-container.ts';
import { type CommandClient, relayCommand } from './relay-command.ts';
import { acceptSpdy, chooseSpdyProtocol } from './spdy/handshake.ts';
import { acceptWebSocket, checkHandshake, WebSocketClient, webSocketBytes } from './websocket.ts';

export interface PodStreamsOptions {
  readonly nodes: NodeStreamOpener;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What kubectl 1.20 to 1.29 offer for exec and attach; v5 only adds a half-close that SPDY has by itself. */
const SPDY_COMMAND_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const SPDY_FORWARD_PROTOCOL = 'portforward.k8s.io';
/** SPDY's bytes inside a WebSocket. */
const TUNNEL_PROTOCOL = 'SPDY/3.1+portforward.k8s.io';

/** Logs, exec, attach and port-forward: from the client's protocol to a stream to the pod's node. */
export class PodStreams implements ConnectHandlers {
  readonly #options: PodStreamsOptions;

  constructor(options: PodStreamsOptions) {
    this.#options = options;
  }

  async log({ pod, query, response, signal }: LogContext): Promise<void> {
    const log = parseLogOptions(pod.metadata.name, query);
    const container = chooseContainer(pod, query.get('container') ?? '');
    if (!pod.spec.nodeName) {
      // Kubernetes' answer for a pod without a node: nothing, and no error.
      response.statusCode = 204;
      return void response.end();
    }
    const stream = await this.#openLog({ pod, container, log, signal });
    response.setHeader('Content-Type', 'text/plain');
    response.flushHeaders();
    try {
      for await (const { data, result } of stream) {
        if (data) await writeTo(response, data.data);
        if (result) break;
      }
      response.end();
    } catch (err) {
      this.#options.log.debug({ pod: `${pod.metadata.namespace}/${pod.metadata.name}`, err }, 'a log broke off');
      // A server that stops ends what is followed in good order; else the reader must see that the log is cut.
      if (signal.aborted) response.end();
      else response.destroy();
    } finally {
      stream.end();
    }
  }

  async logSocket(context: UpgradeContext): Promise<void> {
    const { pod, query, signal, socket } = context;
    checkHandshake(context);
    const protocol = chooseLogProtocol(offeredOverWebSocket(context));
    const log = parseLogOptions(pod.metadata.name, query);
    const container = chooseContainer(pod, query.get('container') ?? '');
    const stream = pod.spec.nodeName ? await this.#openLog({ pod, container, log, signal }) : undefined;
    try {
      await sendLog(await acceptWebSocket(context, protocol), protocol, stream);
    } catch (err) {
      // Nothing can be answered any more: the 101 is out.
      this.#options.log.debug({ pod: `${pod.metadata.namespace}/${pod.metadata.name}`, err }, 'a log broke off');
      stream?.cancel('the client is gone');
      socket.destroy();
    }
  }

  exec(context: UpgradeContext): Promise<void> {
    const exec = parseExecOptions(context.query);
    return this.#command(context, exec, { exec });
  }

  attach(context: UpgradeContext): Promise<void> {
    const attach = parseAttachOptions(context.query);
    return this.#command(context, attach, { attach });
  }

  async portForward(context: UpgradeContext): Promise<void> {
    const { nodes, clock, log } = this.#options;
    const { pod, signal } = context;
    nodeOf(pod);
    const accept = this.#forwardHandshake(context);
    const { PortForwarder } = await import('./spdy/port-forwarder.ts');
    const open = (port: number, gone: AbortSignal) =>
      openPodStream(nodes, { pod, container: '', signal: gone, portForward: { port } });
    const connection = await accept();
    await new PortForwarder(connection, { pod, open, clock, log }).run(signal).catch((err: unknown) => {
      log.debug({ pod: `${pod.metadata.namespace}/${pod.metadata.name}`, err }, 'a port-forward broke off');
    });
  }

  async #openLog(request: Parameters<typeof openPodStream>[1] & Required<Pick<StreamKind, 'log'>>) {
    try {
      return await openPodStream(this.#options.nodes, request);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      const { pod, container, log } = request;
      throw error.failure.reason === 'NotFound' ? logUnavailable(pod, container, log.previous) : error.failure;
    }
  }

  async #command(context: UpgradeContext, request: AttachRequest, kind: StreamKind): Promise<void> {
    const { pod, query, signal, socket } = context;
    const container = chooseContainer(pod, query.get('container') ?? '');
    const accept = this.#commandHandshake(context, request);
    let node: FrameStream;
    try {
      node = await openPodStream(this.#options.nodes, { pod, container, signal, ...kind });
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      return void socket.end(refusal(error.failure));
    }
    try {
      await relayCommand(await accept(), node, this.#options.log);
    } catch (err) {
      // Nothing can be answered any more: the 101 is out.
      this.#options.log.debug({ pod: `${pod.metadata.namespace}/${pod.metadata.name}`, err }, 'a command broke off');
      node.cancel('the client is gone');
      socket.destroy();
    }
  }

  /** Judges what the client offers. @returns answers 101. @throws ApiError */
  #commandHandshake(context: UpgradeContext, request: AttachRequest): () => Promise<CommandClient> {
    const { clock } = this.#options;
    if (upgradeOf(context) === 'spdy') {
      const protocol = chooseSpdyProtocol(context, SPDY_COMMAND_PROTOCOLS);
      return async () => {
        const { SpdyCommandClient } = await import('./spdy/command-client.ts');
        return SpdyCommandClient.open(acceptSpdy(context, protocol), request, clock);
      };
    }
    checkHandshake(context);
    const protocol = chooseChannelProtocol(offeredOverWebSocket(context));
    return async () => new WebSocketClient(await acceptWebSocket(context, protocol.name), protocol, clock);
  }

  #forwardHandshake(context: UpgradeContext) {
    if (upgradeOf(context) === 'spdy') {
      const protocol = chooseSpdyProtocol(context, [SPDY_FORWARD_PROTOCOL]);
      return async () => acceptSpdy(context, protocol);
    }
    checkHandshake(context);
    if (!offeredOverWebSocket(context).includes(TUNNEL_PROTOCOL))
      throw badRequest(`unable to negotiate protocol: server accepts [${TUNNEL_PROTOCOL}]`);
    return async () => webSocketBytes(await acceptWebSocket(context, TUNNEL_PROTOCOL));
  }
}

function offeredOverWebSocket({ request }: UpgradeContext): string[] {
  return offeredProtocols(request.headers['sec-websocket-protocol']);
}

/** @throws ApiError BadRequest for an upgrade to anything else. */
function upgradeOf({ request }: UpgradeContext): 'websocket' | 'spdy' {
  const upgrade = (request.headers.upgrade ?? '').toLowerCase();
  if (upgrade === 'websocket') return 'websocket';
  if (upgrade === 'spdy/3.1') return 'spdy';
  throw badRequest(`unable to upgrade: unknown protocol ${JSON.stringify(upgrade)}, want websocket or SPDY/3.1`);
}

/** As kubelet answers what it refuses: text, which kubectl shows behind `unable to upgrade connection:`. */
function refusal(error: ApiError): string {
  const head = [
    `HTTP/1.1 ${error.code} ${error.reason}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(error.message)}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${error.message}`;
}
