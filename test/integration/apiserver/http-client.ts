import type { IncomingMessage } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import { createInterface } from 'node:readline';
import type { Certificate, TestApi } from './harness.ts';

export interface Call {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** `null`: no client certificate. */
  readonly user?: Certificate | null;
}

export interface Answer {
  readonly code: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly json: Json;
}

interface Port {
  readonly nodePort?: number;
}

/** What tests look at in answers, be they objects, lists, Tables or Statuses; nothing of it is sure to be there. */
export interface Json {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly code?: number;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly deletionGracePeriodSeconds?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly details?: {
    readonly uid?: string;
    readonly causes?: readonly { readonly reason: string; readonly message: string; readonly field: string }[];
  };
  readonly spec?: {
    readonly nodeName?: string;
    readonly restartPolicy?: string;
    readonly clusterIP?: string;
    readonly ports?: readonly Port[];
    readonly containers?: readonly object[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly allowed?: boolean;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly userInfo?: { readonly username: string; readonly groups: readonly string[] };
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly items?: readonly Json[];
  readonly columnDefinitions?: readonly object[] | null;
  readonly rows?: readonly { readonly cells: readonly unknown[]; readonly object: Json }[];
}

export interface WatchLine {
  readonly type: string;
  readonly object: Json;
}

/** Speaks HTTP/1.1 to a test server. */
export class HttpClient {
  readonly #api: TestApi;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(api: TestApi) {
    this.#api = api;
  }

  async call(method: string, path: string, { body, headers = {}, user = this.#api.admin }: Call = {}): Promise<Answer> {
    const bytes = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    // Node's client sends no length by itself with a DELETE.
    const length: Record<string, string> =
      bytes === undefined ? {} : { 'content-length': String(Buffer.byteLength(bytes)) };
    const response = await this.#open(method, path, { ...headers, ...length }, user, bytes);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const isJson = String(response.headers['content-type']).startsWith('application/json');
    const json = isJson && !response.headers['content-encoding'] && text ? JSON.parse(text) : {};
    return { code: response.statusCode ?? 0, headers: response.headers, text, json };
  }

  /** Yields a watch's events until it ends or the consumer stops. */
  async *watch(path: string, headers: Readonly<Record<string, string>> = {}): AsyncGenerator<WatchLine> {
    const response = await this.#open('GET', path, headers, this.#api.admin, undefined);
    try {
      for await (const line of createInterface({ input: response })) yield JSON.parse(line);
    } finally {
      response.destroy();
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #open(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    user: Certificate | null,
    body: string | undefined,
  ): Promise<IncomingMessage> {
    const options: RequestOptions = {
      host: '127.0.0.1',
      port: this.#api.server.port,
      method,
      path,
      ca: this.#api.pki.caPem,
      headers,
      agent: this.#agent,
      ...(user ? { cert: user.cert, key: user.key } : {}),
    };
    return new Promise((resolve, reject) => {
      const sent = request(options, resolve);
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

/** The next `count` events. */
export async function take(events: AsyncGenerator<WatchLine>, count: number): Promise<WatchLine[]> {
  const taken: WatchLine[] = [];
  while (taken.length < count) {
    const { value, done } = await events.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}
