import type { NodeCondition } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import { routingTable } from '../../lib/ingress/routing-table.ts';
import { TlsMaterials } from '../../lib/ingress/tls-materials.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { Workqueue } from '../../lib/workqueue.ts';
import type { IngressSources } from '../assignments.ts';
import { NetworkError } from '../network/network-error.ts';
import type { FollowedEndpoints } from '../services/followed-endpoints.ts';
import { type IngressState, ingressCondition, portsOf, takenPort } from './condition.ts';
import { busyPort, type Haproxy } from './haproxy.ts';
import type { ProxyContent, ProxySettings } from './haproxy-config.ts';
import { planProxy } from './plan.ts';
import { proxyBackends } from './proxy-backends.ts';
import { nameServerOf } from './resolvers.ts';

export interface IngressKeeperOptions {
  readonly sources: IngressSources;
  readonly proxy: Haproxy;
  readonly settings: ProxySettings;
  readonly followed: FollowedEndpoints;
  /** The condition is another one. */
  readonly onChange: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The name of the part. */
export const INGRESS_PART = 'ingress';
/** How often it is looked whether what was missing has come, and whether all is as it was left. */
const REASSERT_MS = 30_000;
/** How soon what failed is tried again. */
const RETRY_MS = 2_000;
/** Endpoints of a rollout change in bursts. */
const SETTLE_MS = 10;
/** The least time between two passes. */
const PACE_MS = 100;
const KEY = 'proxy';

/** Keeps the node's proxy as Ingresses, their Services and their Secrets are. Without an Ingress none runs. */
export class IngressKeeper implements Part {
  readonly name = INGRESS_PART;
  readonly #options: IngressKeeperOptions;
  readonly #queue: Workqueue;
  readonly #tls = new TlsMaterials();
  #unsubscribe: (() => void)[] = [];
  #lastPassAt = 0;
  #state: IngressState = { is: 'idle' };

  constructor(options: IngressKeeperOptions) {
    this.#options = options;
    this.#queue = new Workqueue({ name: this.name, clock: options.clock, log: options.log }, () => this.#pass());
  }

  /** Of this node, for its object. */
  get condition(): NodeCondition {
    return ingressCondition(this.#state, this.#options.settings);
  }

  start(): void {
    const { sources, followed } = this.#options;
    const wake = () => this.wake();
    const wakeIfServing = () => {
      if (sources.ingresses.size > 0) this.wake();
      else if (this.#state.is === 'idle') followed.upTo(this.name, sources.endpoints.held);
    };
    this.#unsubscribe = [
      sources.onIngresses(wake),
      sources.onServices(wakeIfServing),
      followed.onNews(this.name, wakeIfServing),
    ];
    this.#queue.start();
    this.wake();
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await this.#queue.stop();
    this.#options.proxy.close();
  }

  /** Something that is served has changed, or the proxy has ended. */
  wake(): void {
    const sinceLastMs = this.#options.clock.monotonic() - this.#lastPassAt;
    this.#queue.addAfter(KEY, Math.max(SETTLE_MS, PACE_MS - sinceLastMs));
  }

  async #pass(): Promise<void> {
    const { sources, settings, followed, clock, log } = this.#options;
    const { held } = sources.endpoints;
    this.#lastPassAt = clock.monotonic();
    const hasIngress = sources.ingresses.size > 0;
    // What was served before a restart is served on until it is known that there is nothing.
    if (!hasIngress && !sources.isComplete) return;
    const isOff = portsOf(settings).length === 0;
    try {
      const state = await this.#ensure(hasIngress && !isOff ? this.#content() : undefined);
      const taken = state.is === 'served' ? this.#takenPort() : undefined;
      this.#tell(isOff && hasIngress ? { is: 'off' } : (taken ?? state));
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      const isMissing = error instanceof NetworkError && error.code === 'ToolMissing';
      if (!isMissing) log.warn({ err: error }, 'the proxy of Ingresses is not as it should be');
      this.#tell(isMissing ? { is: 'missing' } : { is: 'failing', words });
    }
    // Where it failed, too: pods that end are not helped by waiting for a node that is in trouble.
    followed.upTo(this.name, held);
    if (hasIngress && !isOff) this.#queue.addAfter(KEY, this.#state.is === 'failing' ? RETRY_MS : REASSERT_MS);
  }

  #takenPort(): IngressState | undefined {
    const { sources, settings } = this.#options;
    const addresses = (sources.node?.status?.addresses ?? []).map(({ address }) => address);
    return takenPort(portsOf(settings), sources.services.values(), addresses);
  }

  #content(): ProxyContent {
    const { sources } = this.#options;
    const table = routingTable([...sources.ingresses.values()], {
      service: (namespace, name) => sources.services.get(`${namespace}/${name}`),
      secret: (namespace, name) => sources.secret(namespace, name),
      tls: this.#tls,
    });
    const backends = proxyBackends(table.backends, sources.endpointSlices.values());
    return { ...table, backends, nameServer: nameServerOf(sources.node) };
  }

  /** Until there is nothing left to do: a proxy is looked at again after it was told something. */
  async #ensure(content: ProxyContent | undefined): Promise<IngressState> {
    const { proxy, settings, log } = this.#options;
    const running = await proxy.observe();
    const action = planProxy(content, settings, running);
    switch (action.do) {
      case 'nothing':
        return { is: content ? 'served' : 'idle' };
      case 'stop':
        await proxy.stop(action.pid);
        log.info('no Ingress is left: the proxy ends');
        return { is: 'idle' };
      case 'launch': {
        const port = running ? undefined : await busyPort(portsOf(settings));
        if (port !== undefined) return { is: 'busy', port };
        await proxy.launch(action.rendered, action.instead);
        log.info(
          { structure: action.rendered.structure.slice(0, 12), instead: action.instead },
          'the proxy of Ingresses was started',
        );
        return { is: 'served' };
      }
      case 'tell': {
        await proxy.tell(action.commands);
        log.debug({ commands: action.commands.length }, 'the proxy of Ingresses was told of servers');
        if (planProxy(content, settings, await proxy.observe()).do !== 'nothing')
          throw new Error('the proxy has not taken what it was told');
        return { is: 'served' };
      }
    }
  }

  #tell(state: IngressState): void {
    const before = JSON.stringify(this.condition);
    this.#state = state;
    if (JSON.stringify(this.condition) !== before) this.#options.onChange();
  }
}
