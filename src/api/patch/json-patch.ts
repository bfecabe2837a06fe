import { applyPatch, type Operation } from 'rfc6902';
import { isObject } from '../codec/check.ts';
import { ApiError, badRequest } from '../meta/errors.ts';

/** As Kubernetes: more operations, and more bytes made by `copy`, are refused. */
const MAX_OPERATIONS = 10_000;
const MAX_COPIED_BYTES = 3 * 1024 * 1024;

const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  add: ['value'],
  remove: [],
  replace: ['value'],
  move: ['from'],
  copy: ['from'],
  test: ['value'],
};

/**
 * RFC 6902 on a copy of `original`.
 * @throws ApiError BadRequest for what is no patch, RequestEntityTooLarge, Invalid (422) when an operation does not apply.
 */
export function jsonPatch(original: unknown, patch: unknown): unknown {
  const operations = readOperations(patch);
  // Under a root of our own, so that the path '' can be replaced too.
  const root = { doc: structuredClone(original) };
  let copiedBytes = 0;
  for (const operation of operations) {
    const [failure] = applyOne(root, operation);
    if (failure) throw rejected(operation, failure);
    if (operation.op !== 'copy') continue;
    copiedBytes += sizeAt(root, operation.path);
    if (copiedBytes > MAX_COPIED_BYTES) {
      const text = `Unable to complete the copy, the accumulated size increase of copy is ${copiedBytes}, exceeding the limit ${MAX_COPIED_BYTES}`;
      throw new ApiError('RequestEntityTooLarge', text);
    }
  }
  return root.doc;
}

function readOperations(patch: unknown): Operation[] {
  if (!Array.isArray(patch))
    throw badRequest('error decoding patch: json: cannot unmarshal into Go value of type jsonpatch.Patch');
  if (patch.length > MAX_OPERATIONS) {
    const text = `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`;
    throw new ApiError('RequestEntityTooLarge', text);
  }
  return patch.map(readOperation);
}

function readOperation(operation: unknown): Operation {
  if (!isObject(operation)) throw badRequest('error decoding patch: an operation is not an object');
  const { op, path, from } = operation;
  const members = typeof op === 'string' && Object.hasOwn(MEMBERS, op) ? MEMBERS[op] : undefined;
  if (!members) throw badRequest(`error decoding patch: Unexpected kind: ${JSON.stringify(op) ?? 'unknown'}`);
  const missing = ['path', ...members].find((member) => !Object.hasOwn(operation, member));
  if (missing) throw badRequest(`error decoding patch: operation ${op} has no ${missing}`);
  for (const pointer of members.includes('from') ? [path, from] : [path]) {
    if (typeof pointer === 'string' && (pointer === '' || pointer.startsWith('/'))) continue;
    throw badRequest(`error decoding patch: ${JSON.stringify(pointer)} is no JSON pointer`);
  }
  const placed = { ...operation, path: `/doc${path}`, ...(members.includes('from') ? { from: `/doc${from}` } : {}) };
  return placed as unknown as Operation;
}

function applyOne(root: { doc: unknown }, operation: Operation): (Error | null)[] {
  try {
    return applyPatch(root, [structuredClone(operation)]);
  } catch (err) {
    return [err instanceof Error ? err : new Error(String(err))]; // a walk through a scalar throws instead of being told
  }
}

/** Kubernetes tells no more than this sentence; `cause` holds what went wrong. */
function rejected(operation: Operation, cause: Error): ApiError {
  const where = `${operation.op} ${operation.path.slice('/doc'.length)}`;
  return new ApiError(
    'Invalid',
    'the server rejected our request due to an error in our request',
    {},
    {
      cause: new Error(`${where}: ${cause.message}`, { cause }),
    },
  );
}

/** Bytes of JSON at a pointer that has just been written; `-` is the last item. */
function sizeAt(root: unknown, pointer: string): number {
  let value = root;
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) value = name === '-' ? value.at(-1) : value[Number(name)];
    else value = isObject(value) ? value[name] : undefined;
  }
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}
