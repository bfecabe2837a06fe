import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import type { Ingress } from '../../../src/api/types.ts';

/** [path, pathType, Service] */
export type Path = readonly [string, 'Exact' | 'Prefix' | 'ImplementationSpecific', string];

export function rule(host: string | undefined, ...paths: readonly Path[]) {
  const backends = paths.map(([path, pathType, name]) => ({
    path,
    pathType,
    backend: { service: { name, port: { number: 80 } } },
  }));
  return { ...(host ? { host } : {}), http: { paths: backends } };
}

export function ingress(name: string, spec: Ingress['spec']): Ingress {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name }, spec };
}

/** A Service whose one endpoint is a server outside of the cluster. */
export function outsider(name: string, ip: string, port: number): object[] {
  return [
    { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ name: 'http', port: 80 }] } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port }],
      endpoints: [{ addresses: [ip], conditions: { ready: true } }],
    },
  ];
}

/** A server in this process that answers with its name and what it was asked, and echoes on WebSockets. */
export class EchoServer {
  readonly #server: Server;
  readonly #sockets: WebSocketServer;

  private constructor(server: Server) {
    this.#server = server;
    this.#sockets = new WebSocketServer({ server });
    this.#sockets.on('connection', (socket) =>
      socket.on('message', (data) => socket.send(`echo of ${data.toString()}`)),
    );
  }

  static async open(name: string): Promise<EchoServer> {
    const server = createServer((asked, answer) => {
      answer.end(JSON.stringify({ name, url: asked.url, headers: asked.headers }));
    });
    await new Promise<void>((done) => server.listen(0, '0.0.0.0', done));
    return new EchoServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#sockets.close();
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

/** It is to be a load for the proxy, not for the machine that the rest runs on, too. */
const PAUSE_MS = 20;

/**
 * What two of the clients send: a proxy may not repeat it elsewhere when a server goes, so that each must find one that stays.
 * nginx refuses to change files: that it says so is its answer.
 */
const POST = { method: 'POST', expected: '405' };
const GET = { method: 'GET', expected: '200' };

interface Target {
  readonly port: number;
  readonly host: string;
}

interface Asking {
  readonly method: string;
  /** The status of an answer. */
  readonly expected: string;
}

/** A steady load of requests, over connections that are kept and over new ones. */
export class Load {
  readonly failures: string[] = [];
  answered = 0;
  #isOver = false;
  readonly #clients: Promise<void>[];

  constructor(port: number, host: string) {
    const ask = (asking: Asking, keepAlive: boolean) => this.#ask({ port, host }, asking, keepAlive);
    this.#clients = [ask(GET, true), ask(GET, true), ask(POST, true), ask(GET, false), ask(POST, false)];
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
  }

  async #ask(to: Target, { method, expected }: Asking, keepAlive: boolean): Promise<void> {
    const agent = new Agent({ keepAlive, maxSockets: 1 });
    while (!this.#isOver) {
      const outcome = await answerOf(to, method, agent);
      if (outcome === expected) this.answered++;
      else this.failures.push(outcome);
      await sleep(PAUSE_MS);
    }
    agent.destroy();
  }
}

function answerOf({ port, host }: Target, method: string, agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, method, agent, headers: { host } }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(String(answer.statusCode)));
      answer.once('error', (error) => resolve(error.message));
    });
    asked.once('error', (error) => resolve(error.message));
    asked.setTimeout(30_000, () => asked.destroy(new Error('no answer in 30 s')));
    asked.end();
  });
}
