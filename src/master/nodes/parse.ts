import { badRequest } from '../../api/meta/errors.ts';
import type { Node } from '../../api/types.ts';

/** An object out of an agent's message. Its fields are checked where every write is: by the API's own validation.
 *  @throws ApiError BadRequest when it is no JSON object. */
export function parseJson<T extends object>(bytes: Uint8Array, what: string): T {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as T;
  } catch (cause) {
    throw badRequest(`the ${what} is not JSON`, { cause });
  }
  throw badRequest(`the ${what} is not a JSON object`);
}

/** @throws ApiError BadRequest when it is no Node. */
export function parseNode(bytes: Uint8Array): Node {
  const node = parseJson<Node>(bytes, 'node');
  if (typeof node.metadata !== 'object' || node.metadata === null) throw badRequest('the node has no metadata');
  return node;
}
