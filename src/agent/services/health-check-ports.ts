import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Service } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { Workqueue } from '../../lib/workqueue.ts';
import type { ServiceSources } from '../assignments.ts';
import { answerOf, type HealthCheck, healthChecks } from './health-checks.ts';

export interface HealthCheckPortsOptions {
  readonly sources: ServiceSources;
  readonly nodeName: string;
  /** The rules of Services are as they must be. */
  readonly isProxyHealthy: () => boolean;
  /** A port could not be opened; told once, in kube-proxy's words. */
  readonly onFailure: (service: Service, message: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Who asks says all in one packet, and load balancers ask often. */
const REQUEST_TIMEOUT_MS = 5_000;
const MAX_CONNECTIONS = 64;
/** While another program has the port. */
const RETRY = { baseMs: 200, maxMs: 30_000 };

/** Answers on health check node ports, as long as there are Services that have one. */
export class HealthCheckPorts implements Part {
  readonly name = 'health-check-ports';
  readonly #options: HealthCheckPortsOptions;
  readonly #queue: Workqueue;
  readonly #servers = new Map<number, Server>();
  /** Ports that could not be opened, and of which that was told. */
  readonly #failing = new Set<number>();
  #checks: ReadonlyMap<number, HealthCheck> = new Map();
  #unsubscribe = () => {};

  constructor(options: HealthCheckPortsOptions) {
    this.#options = options;
    const { clock, log } = options;
    this.#queue = new Workqueue({ name: this.name, clock, log, backoff: RETRY }, (port) => this.#ensure(Number(port)));
  }

  start(): void {
    this.#unsubscribe = this.#options.sources.onServices(() => this.#look());
    this.#queue.start();
    this.#look();
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    await this.#queue.stop();
    this.#checks = new Map();
    for (const port of [...this.#servers.keys()]) await this.#close(port);
  }

  #look(): void {
    const { sources, nodeName } = this.#options;
    this.#checks = healthChecks(sources.services.values(), sources.endpointSlices.values(), nodeName);
    for (const port of new Set([...this.#checks.keys(), ...this.#servers.keys()])) {
      if (this.#checks.has(port) !== this.#servers.has(port)) this.#queue.add(String(port));
    }
  }

  async #ensure(port: number): Promise<void> {
    const check = this.#checks.get(port);
    if (!check) return this.#close(port);
    if (this.#servers.has(port)) return;
    const server = createServer((request, response) => this.#answer(port, request, response));
    server.maxConnections = MAX_CONNECTIONS;
    server.requestTimeout = REQUEST_TIMEOUT_MS;
    try {
      await new Promise<void>((done, fail) => server.once('error', fail).listen(port, '0.0.0.0', done));
    } catch (error) {
      this.#fail(port, check.service, error);
      throw error;
    }
    server.removeAllListeners('error').on('error', (err) => this.#options.log.warn({ port, err }, 'a listener failed'));
    this.#failing.delete(port);
    this.#servers.set(port, server);
  }

  #fail(port: number, service: Service, error: unknown): void {
    if (this.#failing.has(port)) return;
    this.#failing.add(port);
    const { nodeName, onFailure } = this.#options;
    const { namespace, name } = service.metadata;
    const why = error instanceof Error ? error.message : String(error);
    onFailure(service, `node ${nodeName} failed to start healthcheck "${namespace}/${name}" on port ${port}: ${why}`);
  }

  async #close(port: number): Promise<void> {
    this.#failing.delete(port);
    const server = this.#servers.get(port);
    this.#servers.delete(port);
    if (!server) return;
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }

  #answer(port: number, request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const check = this.#checks.get(port);
    if (!check) return void response.writeHead(404).end();
    const { status, headers, body } = answerOf(check, this.#options.isProxyHealthy());
    response.writeHead(status, headers).end(body);
  }
}
