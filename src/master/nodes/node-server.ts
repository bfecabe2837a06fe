import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { type EnrollmentHandler, type NodeHandler, RpcServer, type TlsMaterial } from '../../rpc/server.ts';
import type { Keepalive } from '../../rpc/transport.ts';

export interface NodeServerOptions {
  readonly listen: { readonly host: string; readonly port: number };
  /** Where the certificate comes from, now and when it is renewed. */
  readonly certificate: {
    readonly current: TlsMaterial;
    onChange(listener: (tls: TlsMaterial) => void): () => void;
  };
  readonly enrollment: EnrollmentHandler;
  readonly nodes: NodeHandler;
  readonly keepalive?: Keepalive;
  readonly log: Logger;
}

/** The port that agents dial. */
export class NodeServer implements Part {
  readonly name = 'node-server';
  readonly #options: NodeServerOptions;
  #server: RpcServer | undefined;
  #unsubscribe: (() => void) | undefined;
  #port = 0;

  constructor(options: NodeServerOptions) {
    this.#options = options;
  }

  /** The bound port; 0 before `start`. */
  get port(): number {
    return this.#port;
  }

  async start(): Promise<void> {
    const { listen, certificate, enrollment, nodes, keepalive, log } = this.#options;
    const server = new RpcServer(certificate.current, keepalive);
    server.addEnrollment(enrollment);
    server.addNode(nodes);
    this.#port = await server.listen(listen.host, listen.port);
    this.#server = server;
    this.#unsubscribe = certificate.onChange((tls) => server.useCertificate(tls));
    log.info({ host: listen.host, port: this.#port }, 'listening for agents');
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#server?.close();
  }
}
