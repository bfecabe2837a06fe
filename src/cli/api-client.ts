import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { type Kubeconfig, parseKubeconfig } from '../master/pki/admin-kubeconfig.ts';

/** The API over HTTPS as the command line uses it, with the admin's kubeconfig. */
export class ApiClient {
  readonly #credentials: Kubeconfig;
  readonly #agent: Agent;

  /** @throws Error that says where the kubeconfig is looked for. */
  constructor(kubeconfigFile: string) {
    this.#credentials = readCredentials(kubeconfigFile);
    const { caPem, certPem, keyPem } = this.#credentials;
    this.#agent = new Agent({ ca: caPem, cert: certPem, key: keyPem, keepAlive: false });
  }

  get server(): string {
    return this.#credentials.server;
  }

  get caPem(): string {
    return this.#credentials.caPem;
  }

  get<T>(path: string, accept = 'application/json'): Promise<T> {
    return this.#send<T>('GET', path, undefined, { accept });
  }

  create<T>(path: string, object: unknown): Promise<T> {
    return this.#send<T>('POST', path, object, { accept: 'application/json' });
  }

  update<T>(path: string, object: unknown): Promise<T> {
    return this.#send<T>('PUT', path, object, { accept: 'application/json' });
  }

  delete(path: string): Promise<unknown> {
    return this.#send('DELETE', path, undefined, { accept: 'application/json' });
  }

  /** @throws Error with the API's own message, or with what keeps it from answering. */
  #send<T>(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<T> {
    return new Promise((resolve, reject) => {
      const content = body === undefined ? undefined : JSON.stringify(body);
      const contentHeaders = content === undefined ? {} : { 'content-type': 'application/json' };
      const options = { method, agent: this.#agent, headers: { ...headers, ...contentHeaders }, timeout: 10_000 };
      const asked = request(new URL(path, this.server), options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString();
          if ((response.statusCode ?? 500) < 300) resolve(parse(text) as T);
          else reject(new ApiAnswerError(response.statusCode ?? 500, messageOf(text)));
        });
      });
      asked.once('timeout', () => asked.destroy(new Error('no answer within 10 s')));
      asked.once('error', (cause) => {
        const hint = `${this.server} does not answer (${cause.message}): is the master running? See 'bramble up --help'`;
        reject(new Error(hint, { cause }));
      });
      asked.end(content);
    });
  }
}

/** The API answered with a failure. */
export class ApiAnswerError extends Error {
  override readonly name = 'ApiAnswerError';
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Health checks answer in plain text.
    return text;
  }
}

function messageOf(text: string): string {
  const body = parse(text);
  return typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : text.trim();
}

function readCredentials(file: string): Kubeconfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`can't read the kubeconfig ${file}: run this on the master as root, or give --data-dir`, { cause });
  }
  const kubeconfig = parseKubeconfig(text);
  if (!kubeconfig)
    throw new Error(`${file} is not a kubeconfig that this master wrote: restart the master to have it written anew`);
  return kubeconfig;
}
