import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Recorded {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Uint8Array | object;
}

/** Answers what it is told to and keeps every request; a stand-in for nothing but the wire. */
export class Recorder {
  readonly requests: Recorded[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param answer undefined is a 404. */
  static async listen(
    answer: (request: Recorded) => Answer | undefined | Promise<Answer | undefined>,
  ): Promise<Recorder> {
    const server = createServer();
    const recorder = new Recorder(server);
    server.on('request', async (request, response) => {
      const recorded = await record(request);
      recorder.requests.push(recorded);
      try {
        send(response, await answer(recorded));
      } catch (err) {
        send(response, { status: 400, body: failure(err) });
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return recorder;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Forgets and returns what came so far. */
  take(): Recorded[] {
    return this.requests.splice(0);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

async function record(request: IncomingMessage): Promise<Recorded> {
  const url = new URL(request.url ?? '/', 'http://recorder');
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    contentType: request.headers['content-type'],
    body: await buffer(request),
  };
}

function send(response: ServerResponse, answer: Answer | undefined): void {
  const { status = 200, headers = {}, body } = answer ?? { status: 404, body: Buffer.from('404 page not found') };
  const isBytes = body instanceof Uint8Array;
  response.writeHead(status, { 'Content-Type': isBytes ? 'text/plain' : 'application/json', ...headers });
  response.end(isBytes ? body : JSON.stringify(body));
}

function failure(err: unknown): object {
  const message = err instanceof Error ? err.message : String(err);
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'BadRequest',
    code: 400,
  };
}
