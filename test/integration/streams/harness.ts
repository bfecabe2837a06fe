import { connect, type TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import { AgentStreams } from '../../../src/agent/streams/agent-streams.ts';
import type { Uplink } from '../../../src/agent/uplink/uplink.ts';
import { KINDS } from '../../../src/api/kinds/all.ts';
import { POD } from '../../../src/api/kinds/pod.ts';
import type { Container, Pod } from '../../../src/api/types.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLogger } from '../../../src/lib/logger.ts';
import type { StoreObjectCache } from '../../../src/master/cache/object-cache.ts';
import { ProxyRoute } from '../../../src/master/proxy/proxy-route.ts';
import { PodStreams } from '../../../src/master/streams/pod-streams.ts';
import { eventually } from '../../lib/eventually.ts';
import { TestApi } from '../apiserver/harness.ts';
import { Cleanup, startAgent, startMaster } from '../nodes/harness.ts';
import { TestEngine } from '../runtime/engine.ts';

export const NODE = 'pi-1';
const log = createLogger('silent');

/** An API server, an agent with its gRPC line and containers of the real engine; no controllers, no scheduler, no pod workers. */
export class TestStreams {
  readonly engine = new TestEngine();
  readonly pods = new Map<string, Pod>();
  readonly #cleanup = new Cleanup();
  api!: TestApi;
  uplink!: Uplink;

  async start(): Promise<void> {
    await this.engine.start();
    const master = this.#cleanup.add(await startMaster(await this.#cleanup.dir()));
    const dir = await this.#cleanup.dir();
    const token = master.tokens.createLocal();
    this.uplink = this.#cleanup.add(await startAgent({ dir, master: master.address, name: NODE, token }));
    const { runtime } = this.engine;
    const streams = new AgentStreams({ runtime, assignments: { pods: this.pods }, clock: systemClock, log });
    this.uplink.onOpenStream((request, dial) => streams.serve(request, dial));
    await eventually(() => {
      if (!master.sessions.isConnected(NODE)) throw new Error('the agent is not connected');
    });
    const parts = { nodes: master.sessions, clock: systemClock, log };
    const routes = (cache: StoreObjectCache) => [new ProxyRoute({ ...parts, cache })];
    this.api = await TestApi.start(new PodStreams(parts), KINDS, routes);
  }

  async stop(): Promise<void> {
    await this.api.close();
    await this.#cleanup.run();
    await this.engine.stop();
  }

  /** A pod whose one container runs a script. */
  async run(name: string, script: string, container: Partial<Container> = {}): Promise<{ pod: Pod; id: string }> {
    const pod = await this.api.client.create(POD, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: { nodeName: NODE, containers: [{ name: 'main', image: this.engine.image, ...container }] },
    });
    this.pods.set(pod.metadata.uid ?? '', pod);
    return { pod, id: await this.engine.run(pod, await this.engine.sandbox(pod), script, container) };
  }

  webSocket(path: string, protocols: string[]): WebSocket {
    const { cert, key } = this.api.admin;
    const url = `wss://127.0.0.1:${this.api.server.port}/api/v1/namespaces/default/pods/${path}`;
    return new WebSocket(url, protocols, { ca: this.api.pki.caPem, cert, key });
  }

  /** A connection on which an upgrade has been asked for. */
  upgrade(path: string, headers: readonly string[]): TLSSocket {
    const { cert, key } = this.api.admin;
    const socket = connect({ host: '127.0.0.1', port: this.api.server.port, ca: this.api.pki.caPem, cert, key });
    const head = [
      `POST /api/v1/namespaces/default/pods/${path} HTTP/1.1`,
      'Host: x',
      'Connection: Upgrade',
      ...headers,
    ];
    socket.write(`${head.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`);
    return socket;
  }
}
