import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ApiError } from '../../../api/meta/errors.ts';
import type { HttpRequest, HttpResponse } from './exchange.ts';

const compress = promisify(gzip);
/** Below this, compressing costs more than it saves (apiserver's own threshold). */
const GZIP_FROM_BYTES = 128 * 1024;
const GZIP_LEVEL = 1;

export type Encoding = 'json' | 'yaml';
const CONTENT_TYPES: Readonly<Record<Encoding, string>> = { json: 'application/json', yaml: 'application/yaml' };

/** Sends a value as JSON or YAML, compressed when it is large and the client takes it. */
export async function sendObject(
  request: HttpRequest,
  response: HttpResponse,
  code: number,
  body: object,
  encoding: Encoding = 'json',
): Promise<void> {
  await sendBytes(request, response, code, await encode(body, encoding), CONTENT_TYPES[encoding]);
}

async function encode(body: object, encoding: Encoding): Promise<string> {
  if (encoding === 'json') return `${JSON.stringify(body)}\n`;
  const { dump } = await import('js-yaml');
  // Through JSON: what has no value in JSON must not fail or show in YAML either.
  return dump(JSON.parse(JSON.stringify(body)), { noRefs: true });
}

/** Sends bytes of a known type. */
export async function sendBytes(
  request: HttpRequest,
  response: HttpResponse,
  code: number,
  body: string | Buffer,
  contentType: string,
): Promise<void> {
  let bytes = Buffer.from(body);
  response.setHeader('Content-Type', contentType);
  response.setHeader('Cache-Control', 'no-cache, private');
  if (bytes.length > GZIP_FROM_BYTES && acceptsGzip(request)) {
    bytes = await compress(bytes, { level: GZIP_LEVEL });
    response.setHeader('Content-Encoding', 'gzip');
    response.setHeader('Vary', 'Accept-Encoding');
  }
  endWith(request, response, code, bytes);
}

/** Ends an answer whose other headers are set. */
export function endWith(request: HttpRequest, response: HttpResponse, code: number, bytes: Buffer): void {
  if (response.destroyed) return;
  response.statusCode = code;
  response.setHeader('Content-Length', bytes.length);
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

export function acceptsGzip(request: HttpRequest): boolean {
  const header = request.headers['accept-encoding'];
  return typeof header === 'string' && /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(header);
}

/** Plain text, as paths that are no resources are answered. */
export function sendText(response: HttpResponse, code: number, text: string): void {
  response.statusCode = code;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.end(text);
}

/** Sends a failure as a Status: always plain JSON, whatever form was negotiated. */
export async function sendFailure(request: HttpRequest, response: HttpResponse, error: ApiError): Promise<void> {
  const { retryAfterSeconds } = error.details;
  if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(retryAfterSeconds));
  if (error.reason === 'Unauthorized') response.setHeader('WWW-Authenticate', 'Bearer realm="kubernetes"');
  await sendObject(request, response, error.code, error.toStatus());
}

/** What a client may see of an error: ApiErrors as they are, all others (bugs, broken dependencies) without details. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(
    'InternalError',
    'Internal error occurred: the server could not process the request',
    {},
    { cause: error },
  );
}
