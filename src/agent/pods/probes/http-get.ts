import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIPv6 } from 'node:net';
import type { Probe } from '../../../api/types.ts';
import { dialFailure, type ProbeOutcome, ProbeTimeout } from './outcome.ts';

export type HttpGetAction = NonNullable<Probe['httpGet']>;

export interface HttpTarget {
  /** As messages show it: `http://10.42.0.5:80/healthz`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly location: string | undefined;
  /** The beginning of it. */
  readonly body: string;
}

const MAX_BODY_BYTES = 10 * 1024;
const MAX_REDIRECTS = 10;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Where an httpGet action goes. @param port resolved @param host used where the action names none */
export function httpTarget(action: HttpGetAction, host: string, port: number, userAgent: string): HttpTarget {
  const scheme = (action.scheme ?? 'HTTP').toLowerCase();
  const path = action.path ?? '/';
  const url = `${scheme}://${hostAndPort(action.host || host, port)}${path.startsWith('/') ? '' : '/'}${path}`;
  const headers: Record<string, string | string[]> = { 'User-Agent': userAgent, Accept: '*/*', Connection: 'close' };
  const own = Map.groupBy(action.httpHeaders ?? [], ({ name }) => canonical(name));
  // An empty value of these two takes the header away. Source: kubelet, probe/http/request.go.
  for (const [name, values] of own) headers[name] = oneOrMany(values.map(({ value }) => value ?? ''));
  for (const name of ['User-Agent', 'Accept']) if (headers[name] === '') delete headers[name];
  return { url, headers };
}

/** Node takes a list for every header but Host. */
function oneOrMany(values: string[]): string | string[] {
  const [first = '', ...more] = values;
  return more.length === 0 ? first : values;
}

export function hostAndPort(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

/** `x-my-header` is `X-My-Header`. */
function canonical(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (text) => text.toUpperCase());
}

/**
 * One HTTP probe: 200 to 399 is well; redirects are followed on the same host only, where they lead elsewhere is not asked.
 * Certificates are not checked. Source: kubelet, pkg/probe/http. @throws the signal's reason when called off
 */
export async function probeHttp(target: HttpTarget, signal: AbortSignal): Promise<ProbeOutcome> {
  const first = new URL(target.url).hostname;
  let url = target.url;
  for (let redirects = 0; ; redirects += 1) {
    let answer: HttpAnswer;
    try {
      answer = await getOnce({ ...target, url }, signal);
    } catch (error) {
      if (signal.aborted && !(signal.reason instanceof ProbeTimeout)) throw signal.reason;
      return { result: 'failure', output: `Get "${url}": ${failureOf(error, url)}` };
    }
    if (!REDIRECTS.has(answer.status) || answer.location === undefined) return outcomeOf(answer);
    const next = new URL(answer.location, url);
    if (next.hostname !== first) {
      return { result: 'warning', output: `Probe terminated redirects, Response body: ${answer.body}` };
    }
    if (redirects >= MAX_REDIRECTS) return { result: 'failure', output: `Get "${next}": stopped after 10 redirects` };
    url = next.href;
  }
}

function outcomeOf({ status, body }: HttpAnswer): ProbeOutcome {
  if (status >= 200 && status < 400) return { result: 'success', output: body };
  return { result: 'failure', output: `HTTP probe failed with statuscode: ${status}` };
}

function failureOf(error: unknown, url: string): string {
  if (error instanceof ProbeTimeout)
    return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  const { hostname, port, protocol } = new URL(url);
  return dialFailure(error, `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`);
}

/** One GET, no redirect followed. Rejects with the signal's reason or the connection's error. */
export function getOnce({ url, headers }: HttpTarget, signal: AbortSignal): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const options = { headers, agent: false, rejectUnauthorized: false, setHost: headers.Host === undefined };
    const onAnswer = (message: IncomingMessage) => readAnswer(message).then(resolve, reject);
    const request: ClientRequest = url.startsWith('https:')
      ? httpsRequest(url, options, onAnswer)
      : httpRequest(url, options, onAnswer);
    const letGo = () => {
      reject(signal.reason);
      request.destroy();
    };
    request.on('error', reject);
    request.on('close', () => signal.removeEventListener('abort', letGo));
    if (signal.aborted) return letGo();
    signal.addEventListener('abort', letGo, { once: true });
    request.end();
  });
}

async function readAnswer(message: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
    // The rest is let go of with the connection.
    if (bytes >= MAX_BODY_BYTES) break;
  }
  const body = Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString();
  return { status: message.statusCode ?? 0, location: message.headers.location, body };
}
