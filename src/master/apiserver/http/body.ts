import { ApiError, badRequest } from '../../../api/meta/errors.ts';
import type { HttpRequest } from './exchange.ts';

/** Kubernetes' own limit (apiserver, MaxRequestBodyBytes). */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

function tooLarge(): ApiError {
  return new ApiError('RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BODY_BYTES}`);
}

/** Reads a whole body. @throws ApiError RequestEntityTooLarge; BadRequest when the client breaks off. */
export async function readBody(request: HttpRequest): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
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
