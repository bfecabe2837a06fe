import { finished } from 'node:stream/promises';
import { ApiError, badRequest } from '../../../api/meta/errors.ts';
import type { HttpRequest } from './exchange.ts';

/** Kubernetes' own limit (apiserver, MaxRequestBodyBytes). */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

function tooLarge(): ApiError {
  return new ApiError('RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BODY_BYTES}`);
}

/** So long a client that is refused may go on sending. */
const DISCARD_MS = 2_000;

/**
 * Takes what is left of a body that nobody wants, for a while. HTTP/1.1 clients read the answer once they have sent all of it, and
 * a connection that is closed before is reset, with the answer on it. Go's net/http waits in such a place, too (rstAvoidanceDelay).
 */
export async function discardBody(request: HttpRequest): Promise<void> {
  request.resume();
  // Whether it ended, was too slow or broke off: the answer is next.
  await finished(request, { writable: false, signal: AbortSignal.timeout(DISCARD_MS) }).catch(() => {});
}

/** Reads a whole body. @throws ApiError RequestEntityTooLarge; BadRequest when the client breaks off. */
export async function readBody(request: HttpRequest): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Who is refused is answered: a loop that breaks off would take the connection with it.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw badRequest('the request body could not be read', { cause: error });
  }
  return Buffer.concat(chunks, size);
}
