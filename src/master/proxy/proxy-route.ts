import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import { SERVICE_NAME_LABEL } from '../../api/kinds/endpoint-slice/names.ts';
import { ENDPOINT_SLICE } from '../../api/kinds/endpoint-slice.ts';
import { NODE } from '../../api/kinds/node.ts';
import { POD } from '../../api/kinds/pod.ts';
import { SERVICE } from '../../api/kinds/service.ts';
import { ApiError } from '../../api/meta/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Exchange, Route, UpgradeExchange } from '../apiserver/http/handler.ts';
import type { RequestInfo } from '../apiserver/http/request-info.ts';
import { methodNotAllowed } from '../apiserver/http/resource-exchange.ts';
import type { ObjectCache } from '../resource-client.ts';
import { type NodeStreamOpener, openNodeStream, RefusedError } from '../streams/node-stream.ts';
import { forward, redirectToRoot } from './forward.ts';
import { forwardUpgrade } from './forward-upgrade.ts';
import { type ProxyPlace, parseProxyName, parseProxyPath } from './place.ts';
import { nodeTarget, podTarget, present, serviceTarget, type Target } from './target.ts';
import { Tunnel } from './tunnel.ts';
import { unreachable } from './unreachable.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** kube-apiserver's own for its connections to pods (net/http, TLSHandshakeTimeout). */
const TLS_HANDSHAKE_TIMEOUT_MS = 10_000;
export interface ProxyRouteOptions {
  readonly nodes: NodeStreamOpener;
  readonly cache: Pick<ObjectCache, 'get' | 'list'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The proxy subresources of pods, Services and nodes: HTTP to a server on a node, over a stream that its agent dials. */
export class ProxyRoute implements Route {
  readonly #options: ProxyRouteOptions;

  constructor(options: ProxyRouteOptions) {
    this.#options = options;
  }

  async handle(exchange: Exchange): Promise<boolean> {
    const { info, request, signal } = exchange;
    const place = placeOf(info);
    if (!place) return false;
    if (!METHODS.includes(request.method ?? '')) throw methodNotAllowed();
    const target = this.#target(place, info);
    if (redirectToRoot(exchange, place)) return true;
    const connection = await this.#dial(target, signal);
    try {
      await forward(exchange, { place, target, connection });
    } finally {
      connection.destroy();
    }
    return true;
  }

  async upgrade(exchange: UpgradeExchange): Promise<boolean> {
    const { info, signal } = exchange;
    const place = placeOf(info);
    if (!place) return false;
    const target = this.#target(place, info);
    const connection = await this.#dial(target, signal);
    try {
      await forwardUpgrade(exchange, { place, connection });
    } catch (err) {
      if (err instanceof ApiError) throw err;
      // Nothing can be answered any more: the 101 is out.
      this.#options.log.debug({ path: info.path, err }, 'a proxied connection broke off');
      exchange.socket.destroy();
    } finally {
      connection.destroy();
    }
    return true;
  }

  /** @throws ApiError NotFound, BadRequest, ServiceUnavailable */
  #target({ resource }: ProxyPlace, { namespace, name: text }: RequestInfo): Target {
    const { cache } = this.#options;
    const pod = (name: string) => cache.get(POD, { namespace, name });
    switch (resource) {
      case 'pods': {
        const name = parseProxyName('pod', text);
        return podTarget(name, present(pod(name.name), 'pods', name.name));
      }
      case 'nodes': {
        const name = parseProxyName('node', text);
        return nodeTarget(name, present(cache.get(NODE, { namespace: '', name: name.name }), 'nodes', name.name));
      }
      case 'services': {
        const name = parseProxyName('service', text);
        const service = present(cache.get(SERVICE, { namespace, name: name.name }), 'services', name.name);
        const slices = cache
          .list(ENDPOINT_SLICE, namespace)
          .filter(({ metadata }) => metadata.labels?.[SERVICE_NAME_LABEL] === name.name);
        return serviceTarget(name, { service, slices, pod, random: Math.random });
      }
    }
  }

  /** @throws ApiError ServiceUnavailable in Kubernetes' words, whatever is in the way */
  async #dial({ scheme, nodeName, pod, address, port }: Target, signal: AbortSignal): Promise<Duplex> {
    const { nodes, clock } = this.#options;
    const { name = '', namespace = '', uid = '' } = pod?.metadata ?? {};
    const dial = { port, nodeAddress: address };
    const request = { nodeName, namespace, name, uid, container: '', dial, signal };
    const stream = await openNodeStream(nodes, request).catch((error: unknown) => {
      throw unreachable(error instanceof RefusedError ? error.failure : error);
    });
    const tunnel = new Tunnel(stream);
    // Whoever uses the connection hears of it; here it must only not go unheard.
    tunnel.on('error', () => {});
    signal.addEventListener('abort', () => tunnel.destroy(), { once: true });
    if (signal.aborted) tunnel.destroy();
    return scheme === 'https' ? secured(tunnel, clock) : tunnel;
  }
}

function placeOf({ isResource, group, subresource, path }: RequestInfo): ProxyPlace | undefined {
  return isResource && group === '' && subresource === 'proxy' ? parseProxyPath(path) : undefined;
}

/** Whoever the server says it is: pods' certificates are of nobody that the API server knows (Kubernetes does the same). */
async function secured(tunnel: Tunnel, clock: Clock): Promise<Duplex> {
  const socket = connect({ socket: tunnel, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const cancelTimer = clock.after(TLS_HANDSHAKE_TIMEOUT_MS, () => reject(new Error('net/http: TLS handshake timeout')));
  socket.on('error', reject);
  socket.once('secureConnect', resolve);
  socket.once('close', () => {
    tunnel.destroy();
    reject(new Error('EOF'));
  });
  try {
    await promise;
    return socket;
  } catch (error) {
    socket.destroy();
    tunnel.destroy();
    throw unreachable(error);
  } finally {
    cancelTimer();
  }
}
