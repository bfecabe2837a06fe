import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import { WebSocket } from 'ws';
import type { KubeObject } from '../../src/api/types.ts';
import { type Kubeconfig, parseKubeconfig } from '../../src/master/pki/admin-kubeconfig.ts';

export interface WatchEvent<T extends KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

export interface Answer {
  readonly code: number;
  readonly text: string;
  /** Empty when the answer has none. */
  readonly contentType: string;
}

export interface Sending {
  readonly body?: unknown;
  /** `application/json` when absent. */
  readonly contentType?: string;
  readonly accept?: string;
}

/** The API over connections that stay open, as client libraries hold them; one for each request under way. */
export class ApiConnection {
  readonly kubeconfigFile: string;
  readonly #credentials: Kubeconfig;
  readonly #agent: Agent;

  /** @throws Error when the file is not there or not the administrator's kubeconfig. */
  constructor(kubeconfigFile: string) {
    const credentials = parseKubeconfig(readFileSync(kubeconfigFile, 'utf8'));
    if (!credentials) throw new Error(`${kubeconfigFile} is not a kubeconfig of Bramble's`);
    this.kubeconfigFile = kubeconfigFile;
    this.#credentials = credentials;
    const { caPem, certPem, keyPem } = credentials;
    this.#agent = new Agent({ ca: caPem, cert: certPem, key: keyPem, keepAlive: true });
  }

  /** Any answer is a result; throws when there is none. */
  send(method: string, path: string, sending: Sending = {}): Promise<Answer> {
    const { body, contentType, accept } = sending;
    const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const headers = {
      accept: accept ?? 'application/json',
      // The length too: Node.js would send the body of a DELETE without saying that there is one.
      ...(content && { 'content-type': contentType ?? 'application/json', 'content-length': content.length }),
    };
    return new Promise((resolve, reject) => {
      const asked = this.#request(path, { method, headers, timeout: 20_000 }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const { statusCode: code = 0, headers } = response;
          resolve({ code, text: Buffer.concat(chunks).toString(), contentType: headers['content-type'] ?? '' });
        });
      });
      asked.once('timeout', () => asked.destroy(new Error(`${method} ${path}: no answer within 20 s`)));
      asked.on('error', (error: NodeJS.ErrnoException) => {
        // The master closed a connection that was idle, as the request was on its way: it was never read.
        if (asked.reusedSocket && error.code === 'ECONNRESET') resolve(this.send(method, path, sending));
        else reject(error);
      });
      asked.end(content);
    });
  }

  /** @throws Error with the API's text for any code of 300 and more. */
  async json<T>(method: string, path: string, sending: Sending = {}): Promise<T> {
    const { code, text } = await this.send(method, path, sending);
    if (code >= 300) throw new Error(`${method} ${path}: ${code} ${text.slice(0, 300)}`);
    return JSON.parse(text) as T;
  }

  /** Follows a collection until the returned function is called. @returns once the master has accepted the watch. */
  watch<T extends KubeObject>(path: string, onEvent: (event: WatchEvent<T>) => void): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const asked = this.#request(path, { method: 'GET' }, (response) => {
        if (response.statusCode !== 200) return reject(new Error(`GET ${path}: ${response.statusCode}`));
        // Being called off is how a watch ends, and so is the end of the master.
        response.on('error', () => {});
        // What such an end cuts off is no event.
        let unfinished = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          const lines = (unfinished + chunk).split('\n');
          unfinished = lines.pop() ?? '';
          for (const line of lines) onEvent(JSON.parse(line) as WatchEvent<T>);
        });
        resolve(() => asked.destroy());
      });
      asked.on('error', reject);
      asked.end();
    });
  }

  /** Opens a stream of a subresource: exec, log. @param protocols that the server may choose from; none: any */
  webSocket(path: string, protocols: string[]): WebSocket {
    const { server, caPem: ca, certPem: cert, keyPem: key } = this.#credentials;
    return new WebSocket(new URL(path, server.replace(/^http/, 'ws')), protocols, { ca, cert, key });
  }

  close(): void {
    this.#agent.destroy();
  }

  #request(path: string, options: RequestOptions, onResponse: (response: IncomingMessage) => void) {
    return request(new URL(path, this.#credentials.server), { ...options, agent: this.#agent }, onResponse);
  }
}
