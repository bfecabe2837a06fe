import type { KindDefinition, ObjectKey, Verb } from '../../../api/registry.ts';
import type { KubeObject } from '../../../api/types.ts';
import { parseIncludeObject, representList, representObject, type View } from '../table/represent.ts';
import { isScalable } from '../verbs/scale.ts';
import type { UpdateSubresource } from '../verbs/update.ts';
import { findVirtual } from '../virtual-resources.ts';
import { readBody } from './body.ts';
import type { Exchange, Route, UpgradeExchange } from './handler.ts';
import { negotiate } from './negotiate.ts';
import { connectPod, upgradePod } from './pod-streams.ts';
import { readDeleteOptions, readObject, readWriteOptions } from './request-body.ts';
import type { RequestInfo } from './request-info.ts';
import { listRequest } from './request-options.ts';
import {
  methodNotAllowed,
  type ResourceExchange,
  type ResourceRouteOptions,
  setWarnings,
} from './resource-exchange.ts';
import { sendObject } from './respond.ts';
import { serveScale } from './scale-route.ts';
import { createVirtual, evictPod, postBinding } from './virtual-route.ts';
import { serveWatch, upgradeWatch } from './watch-route.ts';

/** Everything under /api/v1 and /apis/<group>/<version> that is a resource: one way for all kinds. */
export class ResourceRoute implements Route {
  readonly #options: ResourceRouteOptions;

  constructor(options: ResourceRouteOptions) {
    this.#options = options;
  }

  async handle(exchange: Exchange): Promise<boolean> {
    const { info } = exchange;
    if (!info.isResource) return false;
    const virtual = findVirtual(info.group, info.version, info.resource);
    if (virtual) return createVirtual(this.#options, exchange, virtual);
    const kind = this.#options.kinds.find(info.group, info.version, info.resource);
    if (!kind || !isPlaceOf(kind, info)) return false;
    if (kind.deprecationWarning) exchange.warnings.add(kind.deprecationWarning);
    const resource: ResourceExchange = { ...exchange, kind, key: keyOfPath(kind, info) };
    return info.subresource ? this.#subresource(resource) : this.#main(resource);
  }

  async upgrade(exchange: UpgradeExchange): Promise<boolean> {
    const { group, version, resource, verb } = exchange.info;
    const kind = this.#options.kinds.find(group, version, resource);
    if (!kind || !isPlaceOf(kind, exchange.info)) return false;
    return verb === 'watch' ? this.#upgradeWatch(exchange, kind) : this.#upgradePod(exchange, kind);
  }

  async #upgradeWatch(exchange: UpgradeExchange, kind: KindDefinition): Promise<boolean> {
    const { request, info } = exchange;
    if (info.subresource || request.headers.upgrade?.toLowerCase() !== 'websocket') return false;
    assertVerbFits(kind, info);
    const x = { ...exchange, kind };
    return upgradeWatch(this.#options, x, this.#view(x));
  }

  async #upgradePod(exchange: UpgradeExchange, kind: KindDefinition): Promise<boolean> {
    const { group, resource, name, namespace, subresource } = exchange.info;
    if (group !== '' || resource !== 'pods' || !name || !subresource || !this.#options.connect) return false;
    const pod = await this.#options.engine.get(kind, { namespace, name });
    return upgradePod(this.#options.connect, exchange, pod);
  }

  async #main(x: ResourceExchange): Promise<boolean> {
    const { kind, info } = x;
    const { engine } = this.#options;
    assertVerbFits(kind, info);
    switch (info.verb) {
      case 'get':
        return this.#send(x, 200, await engine.get(kind, x.key, info.query.get('resourceVersion') ?? ''));
      case 'list':
        return this.#list(x);
      case 'watch':
        return serveWatch(this.#options, x, this.#view(x));
      case 'create':
        return this.#create(x);
      case 'update':
        return this.#update(x, '');
      case 'patch':
        return this.#patch(x, '');
      case 'delete':
        return this.#delete(x);
      case 'deletecollection':
        return this.#deleteCollection(x);
      default:
        throw methodNotAllowed();
    }
  }

  async #subresource(x: ResourceExchange): Promise<boolean> {
    const { kind, info } = x;
    const { subresource, verb } = info;
    const isPod = kind.group === '' && kind.plural === 'pods';
    if (subresource === 'status' && kind.hasStatus) return this.#part(x, 'status');
    if (subresource === 'finalize' && kind.group === '' && kind.plural === 'namespaces')
      return this.#part(x, 'finalize');
    if (subresource === 'scale' && isScalable(kind)) return serveScale(this.#options, x, kind);
    if (isPod && verb === 'create' && subresource === 'binding') return postBinding(this.#options, x);
    if (isPod && verb === 'create' && subresource === 'eviction') return evictPod(this.#options, x);
    if (!isPod || !this.#options.connect) return false;
    const pod = await this.#options.engine.get(kind, x.key);
    return connectPod(this.#options.connect, x, pod);
  }

  async #part(x: ResourceExchange, subresource: 'status' | 'finalize'): Promise<boolean> {
    switch (x.info.verb) {
      case 'get':
        return this.#send(x, 200, await this.#options.engine.get(x.kind, x.key));
      case 'update':
        return this.#update(x, subresource);
      case 'patch':
        return this.#patch(x, subresource);
      default:
        throw methodNotAllowed();
    }
  }

  async #list(x: ResourceExchange): Promise<boolean> {
    const view = this.#view(x);
    const list = await this.#options.engine.list(x.kind, listRequest(x.kind, x.info));
    setWarnings(x);
    await sendObject(x.request, x.response, 200, representList(list, view), view.representation.encoding);
    return true;
  }

  async #create(x: ResourceExchange): Promise<boolean> {
    // The form of the answer is settled before anything is stored.
    this.#view(x);
    const options = readWriteOptions(x);
    const object = await readObject(x, options.fieldValidation);
    const created = await this.#options.engine.create(x.kind, object, { ...options, namespace: x.key.namespace });
    return this.#send(x, 201, created);
  }

  async #update(x: ResourceExchange, subresource: UpdateSubresource): Promise<boolean> {
    this.#view(x);
    const options = readWriteOptions(x);
    const object = await readObject(x, options.fieldValidation);
    const change = () => structuredClone(object);
    return this.#send(
      x,
      200,
      await this.#options.engine.update(x.kind, { ...options, key: x.key, subresource, change }),
    );
  }

  async #patch(x: ResourceExchange, subresource: UpdateSubresource): Promise<boolean> {
    this.#view(x);
    const options = readWriteOptions(x);
    const contentType = x.request.headers['content-type'] ?? '';
    const body = await readBody(x.request);
    const request = { ...options, key: x.key, subresource, contentType, body };
    return this.#send(x, 200, await this.#options.engine.patch(x.kind, request));
  }

  async #delete(x: ResourceExchange): Promise<boolean> {
    const view = this.#view(x);
    const { options, dryRun } = await readDeleteOptions(x);
    const write = { user: x.user, dryRun, warn: (text: string) => x.warnings.add(text) };
    const { object, isGone } = await this.#options.engine.delete(x.kind, { ...write, key: x.key, options });
    if (!isGone) return this.#send(x, 200, object);
    setWarnings(x);
    await sendObject(x.request, x.response, 200, deletedStatus(x.kind, object), view.representation.encoding);
    return true;
  }

  async #deleteCollection(x: ResourceExchange): Promise<boolean> {
    const view = this.#view(x);
    const list = listRequest(x.kind, x.info);
    const { options, dryRun } = await readDeleteOptions(x);
    const write = { user: x.user, dryRun, warn: (text: string) => x.warnings.add(text) };
    const deleted = await this.#options.engine.deleteCollection(x.kind, { ...write, list, options });
    setWarnings(x);
    await sendObject(x.request, x.response, 200, representList(deleted, view), view.representation.encoding);
    return true;
  }

  async #send(x: ResourceExchange, code: number, object: KubeObject): Promise<boolean> {
    const view = this.#view(x);
    setWarnings(x);
    await sendObject(x.request, x.response, code, representObject(object, view), view.representation.encoding);
    return true;
  }

  #view({ kind, request, info }: Pick<ResourceExchange, 'kind' | 'request' | 'info'>): View {
    const representation = negotiate(request.headers.accept);
    const includeObject = parseIncludeObject(info.query.get('includeObject') ?? '');
    return { kind, representation, includeObject, now: this.#options.clock.now() };
  }
}

/** Namespaced kinds are named inside a namespace and listed anywhere; the others never are in one. */
function isPlaceOf(kind: KindDefinition, info: RequestInfo): boolean {
  if (kind.namespaced) return info.namespace !== '' || !info.name;
  return info.namespace === '' || (kind.group === '' && kind.plural === 'namespaces');
}

const NAMED_VERBS = ['get', 'update', 'patch', 'delete'];

/** One object by its name, a new one without; across all namespaces there is only looking. */
function assertVerbFits(kind: KindDefinition, { verb, name, namespace }: RequestInfo): void {
  const isSpread = kind.namespaced && !namespace;
  const fits = NAMED_VERBS.includes(verb) ? name !== '' : verb === 'watch' || name === '';
  const isLooking = verb === 'list' || verb === 'watch';
  if (!fits || (isSpread && !isLooking) || !serves(kind, verb)) throw methodNotAllowed();
}

function keyOfPath(kind: KindDefinition, info: RequestInfo): ObjectKey {
  return { namespace: kind.namespaced ? info.namespace : '', name: info.name };
}

function serves(kind: KindDefinition, verb: string): boolean {
  return !kind.verbs || kind.verbs.includes(verb as Verb);
}

function deletedStatus(kind: KindDefinition, { metadata }: KubeObject): object {
  const { name, uid } = metadata;
  const details = { name, ...(kind.group ? { group: kind.group } : {}), kind: kind.plural, uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}
