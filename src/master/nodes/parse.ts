import { checkObject } from '../../api/codec/decode.ts';
import { NODE } from '../../api/kinds/node.ts';
import { POD } from '../../api/kinds/pod.ts';
import { badRequest } from '../../api/meta/errors.ts';
import type { Node, Pod, PodStatus } from '../../api/types.ts';

/**
 * What agents say, read as strictly as what comes over HTTPS: an object that is stored is shown to everybody, so a list where a
 * map belongs, or a quantity that is none, must end here. Fields that this master does not know are dropped: agents may be newer.
 */

/** @throws ApiError BadRequest when it is no JSON object. */
function parseJson(bytes: Uint8Array, what: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (cause) {
    throw badRequest(`the ${what} is not JSON`, { cause });
  }
  throw badRequest(`the ${what} is not a JSON object`);
}

/** @throws ApiError BadRequest when it is no Node, with Go's sentence for what is wrong with it. */
export function parseNode(bytes: Uint8Array): Node {
  const node = parseJson(bytes, 'node');
  if (typeof node.metadata !== 'object' || node.metadata === null) throw badRequest('the node has no metadata');
  return checkObject(node, NODE).object as Node;
}

/** @throws ApiError BadRequest when it is no PodStatus, with Go's sentence for what is wrong with it. */
export function parsePodStatus(bytes: Uint8Array): PodStatus {
  const status = parseJson(bytes, 'pod status');
  return (checkObject({ status }, POD).object as Pod).status ?? {};
}
