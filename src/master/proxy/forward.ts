import { type ClientRequest, type IncomingMessage, request as openRequest } from 'node:http';
import { type Duplex, pipeline, type Readable, type Transform } from 'node:stream';
import { createDeflateRaw, createGunzip, createGzip, createInflateRaw } from 'node:zlib';
import { writeTo } from '../../lib/write-to.ts';
import type { HttpRequest } from '../apiserver/http/exchange.ts';
import type { Exchange, UpgradeExchange } from '../apiserver/http/handler.ts';
import { type ForwardedRequest, requestHeaders, responseHeaders } from './headers.ts';
import { HtmlLinks } from './html-links.ts';
import { type LinkBase, rewriteUrl } from './links.ts';
import type { ProxyPlace } from './place.ts';
import type { Target } from './target.ts';
import { unreachable } from './unreachable.ts';

export interface Forwarding {
  readonly place: ProxyPlace;
  readonly target: Target;
  /** Stands; closed by the caller. */
  readonly connection: Duplex;
}

/** Sends those who look for a server's root to its path with a slash, where a page's relative links are right. @returns whether it did */
export function redirectToRoot({ request, response }: Exchange, { prefix, tail }: ProxyPlace): boolean {
  if (tail !== '' || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
  response.statusCode = 301;
  response.setHeader('Location', `${prefix}/${queryOf(request)}`);
  response.end();
  return true;
}

/**
 * Hands a request to a server and its answer back, both as they come. Resolves when the answer is out.
 * @throws ApiError ServiceUnavailable while nothing is answered.
 */
export async function forward(exchange: Exchange, { place, target, connection }: Forwarding): Promise<void> {
  const { request, response } = exchange;
  const headers = requestHeaders(forwardedRequest(exchange, place));
  const asked = ask(connection, {
    request,
    path: pathOf(request, place),
    headers: { ...headers, ...framing(request) },
  });
  try {
    if (hasBody(request)) request.pipe(asked);
    else asked.end();
    const answer = await answerTo(asked);
    const base: LinkBase = {
      prefix: place.prefix,
      serverHost: `${target.address}:${target.port}`,
      requestHost: String(headers.host),
    };
    await sendAnswer(exchange, answer, base);
  } catch (error) {
    if (response.headersSent) return void response.destroy();
    throw unreachable(error);
  } finally {
    request.unpipe(asked);
    // A client that still sends must be read to hear its answer.
    request.resume();
    asked.destroy();
  }
}

/** The request on a connection of its own, which it ends. */
export function ask(
  connection: Duplex,
  { request, path, headers }: { request: HttpRequest; path: string; headers: ReturnType<typeof requestHeaders> },
): ClientRequest {
  const options = { createConnection: () => connection, method: request.method ?? 'GET', path, headers };
  // Heard by whoever waits for the answer; errors after it show where it is read.
  return openRequest({ ...options, setHost: false }).on('error', () => {});
}

export function answerTo(asked: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asked.once('response', resolve);
    asked.once('error', reject);
    asked.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  });
}

export function pathOf(request: HttpRequest, { tail }: ProxyPlace): string {
  return `${tail || '/'}${queryOf(request)}`;
}

export function forwardedRequest(
  { request }: Exchange | UpgradeExchange,
  { prefix, tail }: ProxyPlace,
): ForwardedRequest {
  const { remoteAddress = '' } = request.socket as { remoteAddress?: string };
  return { headers: request.headers, remoteAddress, path: `${prefix}${tail}` };
}

function queryOf({ url = '' }: HttpRequest): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at);
}

/** HTTP/2 says by the end of its headers' stream what HTTP/1.1 says by headers. */
function hasBody(request: HttpRequest & { readonly stream?: { readonly endAfterHeaders?: boolean } }): boolean {
  if (request.headers['content-length'] !== undefined) return request.headers['content-length'] !== '0';
  return request.headers['transfer-encoding'] !== undefined || request.stream?.endAfterHeaders === false;
}

function framing(request: HttpRequest): Record<string, string> {
  const length = request.headers['content-length'];
  if (length !== undefined) return {};
  if (hasBody(request)) return { 'transfer-encoding': 'chunked' };
  return ['POST', 'PUT', 'PATCH'].includes(request.method ?? '') ? { 'content-length': '0' } : {};
}

async function sendAnswer({ request, response }: Exchange, answer: IncomingMessage, base: LinkBase): Promise<void> {
  response.statusCode = answer.statusCode ?? 502;
  const { location } = answer.headers;
  const stages = location === undefined && request.method !== 'HEAD' ? linkStages(answer, base) : [];
  for (const [name, value] of responseHeaders(answer.headers)) {
    // Links get longer on the way.
    if (name === 'content-length' && stages.length > 0) continue;
    response.setHeader(name, name === 'location' ? rewriteUrl(String(value), base) : value);
  }
  // What a server says little by little must not wait for what follows.
  response.flushHeaders();
  for await (const chunk of through(answer, stages)) if (!(await writeTo(response, chunk as Buffer))) return;
  response.end();
}

function through(answer: IncomingMessage, stages: readonly Transform[]): Readable {
  const last = stages.at(-1);
  if (!last) return answer;
  // A failure destroys the last stage, which is where it is read.
  pipeline([answer, ...stages], () => {});
  return last;
}

/** Of an HTML page, whatever it is packed in; none for what is no page or packed in what we cannot open. */
function linkStages({ headers, statusCode = 0 }: IncomingMessage, base: LinkBase): Transform[] {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  if (type.trim() !== 'text/html' || statusCode === 204 || statusCode === 304) return [];
  const links = new HtmlLinks((url) => rewriteUrl(url, base));
  switch (headers['content-encoding'] ?? '') {
    case '':
      return [links];
    case 'gzip':
      return [createGunzip(), links, createGzip()];
    case 'deflate':
      return [createInflateRaw(), links, createDeflateRaw()];
    default:
      return [];
  }
}
