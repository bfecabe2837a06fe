import type { Clock } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { Authenticator, type TokenAuthenticator } from './auth/authenticator.ts';
import { type Authorizer, BuiltInAuthorizer } from './auth/authorizer.ts';
import type { ConnectHandlers } from './connect.ts';
import { type OpenRoute, RequestHandler, type Route } from './http/handler.ts';
import { type HealthCheck, InfoRoute } from './http/info-route.ts';
import { type ListenAddress, Listener, type TlsMaterial } from './http/listener.ts';
import { OpenApiRoute } from './http/openapi-route.ts';
import { ResourceRoute } from './http/resource-route.ts';
import type { KindTable } from './kind-table.ts';
import type { ResourceEngine } from './resource-engine.ts';

export interface ApiServerOptions {
  readonly listen: ListenAddress;
  /** Read at start and by `renewTls`. */
  readonly tls: () => TlsMaterial;
  readonly engine: ResourceEngine;
  readonly kinds: KindTable;
  /** Bearer tokens; client certificates of our CA work without. */
  readonly tokens?: readonly TokenAuthenticator[];
  readonly authorizer?: Authorizer;
  /** Absent: logs, exec, attach and port-forward are not found. */
  readonly connect?: ConnectHandlers;
  /** Beside `ping` and `store`, for /healthz, /livez and /readyz. */
  readonly checks?: readonly HealthCheck[];
  /** Beside those of the API, and asked before them. */
  readonly routes?: readonly Route[];
  /** What everybody may ask for. */
  readonly openRoutes?: readonly OpenRoute[];
  /** The package's version. */
  readonly version: string;
  /** What discovery tells clients to come to; default the listening address. */
  readonly advertise?: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The Kubernetes API over HTTPS. */
export class ApiServer implements Part {
  readonly name = 'apiserver';
  readonly #options: ApiServerOptions;
  #listener: Listener | undefined;

  constructor(options: ApiServerOptions) {
    this.#options = options;
  }

  /** The port that is listened on; 0 before `start`. */
  get port(): number {
    return this.#listener?.port ?? 0;
  }

  /** @throws what binding the address fails with. */
  async start(): Promise<void> {
    const { listen, tls, clock, log } = this.#options;
    this.#listener = new Listener({ handler: this.#handler(), tls: tls(), clock, log });
    await this.#listener.listen(listen);
    log.info({ host: listen.host, port: this.port }, 'serving the API');
  }

  /** Ends watches and streams cleanly; safe before `start`. */
  async stop(): Promise<void> {
    await this.#listener?.stop();
  }

  /** To be called when the serving certificate was renewed: new connections get it. */
  renewTls(): void {
    this.#listener?.renew(this.#options.tls());
  }

  #handler(): RequestHandler {
    const { engine, kinds, connect, version, clock, log, tokens = [], checks = [], listen } = this.#options;
    const authorizer = this.#options.authorizer ?? new BuiltInAuthorizer();
    const store: HealthCheck = { name: 'store', check: async () => void (await engine.store.get('healthz/probe')) };
    const ping: HealthCheck = { name: 'ping', check: () => undefined };
    const address = () => this.#options.advertise ?? `${listen.host}:${this.port}`;
    return new RequestHandler({
      authenticator: new Authenticator(tokens),
      authorizer,
      routes: [
        ...(this.#options.routes ?? []),
        new ResourceRoute({ engine, kinds, authorizer, clock, ...(connect ? { connect } : {}) }),
        new InfoRoute({ kinds, version, address, checks: [ping, store, ...checks], log }),
        new OpenApiRoute(kinds),
      ],
      openRoutes: this.#options.openRoutes ?? [],
      clock,
      log,
    });
  }
}
