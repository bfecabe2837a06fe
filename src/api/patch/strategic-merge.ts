import { isObject, type Members } from '../codec/check.ts';
import type { FieldSchema, FieldType } from '../schema/schema.ts';
import { type KeyOf, orderItems } from './list-order.ts';

/** A patch that contradicts itself or uses directives wrongly; the client's fault. */
export class PatchFormatError extends Error {
  override readonly name = 'PatchFormatError';
}

const PATCH = '$patch';
const RETAIN = '$retainKeys';
const ORDER = '$setElementOrder/';
const DELETE = '$deleteFromPrimitiveList/';

/** What is known of the place that is being patched; undefined where free JSON is. */
type Type = FieldType | undefined;

/**
 * Strategic merge patch (Kubernetes, "Update API objects in place using kubectl patch"; directives as apimachinery documents them).
 * Returns a new value; neither argument is changed.
 * @throws PatchFormatError
 */
export function strategicMerge(original: Members, patch: Members, type: Type): Members {
  const directive = patch[PATCH];
  if (directive === 'delete') return {};
  if (directive === 'replace') return cleanMembers(patch, type);
  if (directive !== undefined && directive !== 'merge') throw new PatchFormatError(`unknown patch type [${directive}]`);
  const result = new Map(Object.entries(original));
  retainKeys(result, patch);
  mergeOrderedLists(result, patch, type);
  for (const [name, value] of Object.entries(patch)) {
    if (isDirective(name) || Object.hasOwn(patch, ORDER + name)) continue;
    if (value === null) result.delete(name);
    else result.set(name, mergeField(result.get(name), value, placeOf(name, type)));
  }
  return Object.fromEntries(result);
}

function isDirective(name: string): boolean {
  return name === PATCH || name === RETAIN || name.startsWith(ORDER) || name.startsWith(DELETE);
}

interface Place {
  readonly name: string;
  readonly type: Type;
  readonly field: FieldSchema | undefined;
}

function placeOf(name: string, type: Type): Place {
  if (type?.is === 'map') return { name, type: type.values, field: undefined };
  const field = type?.is === 'object' ? type.object.fields().get(name) : undefined;
  return { name, type: field?.type, field };
}

function itemType({ type }: Place): Type {
  return type?.is === 'list' ? type.items : undefined;
}

function mergeField(original: unknown, patch: unknown, place: Place): unknown {
  const strategies = place.field?.patchStrategies ?? [];
  if (isObject(original) && isObject(patch) && !strategies.includes('replace')) {
    return strategicMerge(original, patch, place.type);
  }
  if (Array.isArray(original) && Array.isArray(patch) && strategies.includes('merge')) {
    return mergeList(original, patch, place);
  }
  return clean(patch, place.type, strategies.includes('merge'));
}

/** `$retainKeys` clears every member that it does not list; what the patch sets must be listed. */
function retainKeys(result: Map<string, unknown>, patch: Members): void {
  const keep = patch[RETAIN];
  if (keep === undefined) return;
  if (!Array.isArray(keep)) throw new PatchFormatError('invalid patch format of retainKeys');
  const wrong = Object.entries(patch).some(
    ([name, value]) => value !== null && !isDirective(name) && !keep.includes(name),
  );
  if (wrong) throw new PatchFormatError('invalid patch format of retainKeys');
  for (const name of [...result.keys()]) if (!keep.includes(name)) result.delete(name);
}

/** `$deleteFromPrimitiveList/x` and `$setElementOrder/x`, and with the latter the list that it orders. */
function mergeOrderedLists(result: Map<string, unknown>, patch: Members, type: Type): void {
  const live = new Map(result);
  for (const [directive, values] of Object.entries(patch)) {
    if (!directive.startsWith(DELETE)) continue;
    if (!Array.isArray(values)) throw new PatchFormatError('invalid patch format of primitive list');
    const name = directive.slice(DELETE.length);
    const list = result.get(name);
    if (Array.isArray(list))
      result.set(
        name,
        list.filter((item) => !values.includes(item)),
      );
  }
  for (const [directive, order] of Object.entries(patch)) {
    if (!directive.startsWith(ORDER)) continue;
    const name = directive.slice(ORDER.length);
    const place = placeOf(name, type);
    if (!Array.isArray(order)) throw new PatchFormatError('invalid patch format of setElementOrder list');
    if (patch[name] === null) result.delete(name);
    else setOrdered(result, { order, patch: patch[name], live: live.get(name) }, place);
  }
}

interface Ordered {
  readonly order: readonly unknown[];
  readonly patch: unknown;
  readonly live: unknown;
}

function setOrdered(result: Map<string, unknown>, { order, patch, live }: Ordered, place: Place): void {
  const original = result.get(place.name);
  if (patch !== undefined && !Array.isArray(patch)) {
    throw new PatchFormatError('invalid patch format of setElementOrder list');
  }
  const keyOf = keyReader(place.field?.mergeKey);
  checkOrder(patch ?? [], order, keyOf);
  const merged = patch === undefined ? original : mergeField(original, patch, place);
  if (!Array.isArray(merged)) return;
  const keys = (list: unknown) => (Array.isArray(list) ? list.map(keyOf) : []);
  result.set(place.name, orderItems(merged, keyOf, keys(order), keys(live)));
}

/**
 * All that the patch adds or changes must be in the order, and in that order; keys may repeat, as one port number over TCP and UDP
 * does. Source: apimachinery, strategicpatch.validatePatchWithSetOrderList, which lets an empty order pass.
 */
function checkOrder(patch: readonly unknown[], order: readonly unknown[], keyOf: KeyOf): void {
  const added = patch.filter((item) => !isObject(item) || item[PATCH] === undefined).map(keyOf);
  let found = 0;
  for (const key of order.map(keyOf)) if (key === added[found]) found += 1;
  if (order.length === 0 || found >= added.length) return;
  throw new PatchFormatError(
    `The order in patch list:\n${JSON.stringify(patch)}\n doesn't match $setElementOrder list:\n${JSON.stringify(order)}\n`,
  );
}

/** @throws PatchFormatError from the reader, for an object without its key. */
function keyReader(mergeKey: string | undefined): KeyOf {
  return (item) => {
    if (!isObject(item)) return JSON.stringify(item);
    const value = mergeKey === undefined ? undefined : item[mergeKey];
    if (value === undefined || value === null) {
      throw new PatchFormatError(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey ?? ''}`);
    }
    return JSON.stringify(value);
  };
}

function mergeList(original: readonly unknown[], patch: readonly unknown[], place: Place): unknown[] {
  const keyOf = keyReader(place.field?.mergeKey);
  const directives = patch.filter(isObject).map((item) => item[PATCH]);
  const unknown = directives.find((directive) => !LIST_DIRECTIVES.has(directive));
  if (unknown !== undefined) throw new PatchFormatError(`unknown patch type [${unknown}]`);
  if (directives.includes('replace')) return cleanList(patch, itemType(place), true);
  const isDeletion = (item: unknown) => isObject(item) && item[PATCH] === 'delete';
  const gone = new Set(patch.filter(isDeletion).map(keyOf));
  const changes = patch.filter((item) => !isDeletion(item));
  const merged = new Map<string, unknown>();
  // Of live items that share a key, the first takes the change and the others stay: ports may differ in protocol alone.
  const rest: unknown[] = [];
  for (const item of original) {
    const key = keyOf(item);
    if (gone.has(key)) continue;
    if (merged.has(key)) rest.push(item);
    else merged.set(key, item);
  }
  for (const change of changes)
    merged.set(keyOf(change), mergeItem(merged.get(keyOf(change)), change, itemType(place)));
  return orderItems([...merged.values(), ...rest], keyOf, changes.map(keyOf), original.map(keyOf));
}

const LIST_DIRECTIVES: ReadonlySet<unknown> = new Set([undefined, 'merge', 'replace', 'delete']);

function mergeItem(original: unknown, change: unknown, type: Type): unknown {
  return isObject(original) && isObject(change) ? strategicMerge(original, change, type) : clean(change, type, false);
}

/** A part of a patch that meets nothing to merge with: what it says, without directives and nulls. */
function clean(value: unknown, type: Type, isMerged: boolean): unknown {
  if (Array.isArray(value)) return cleanList(value, type?.is === 'list' ? type.items : undefined, isMerged);
  return isObject(value) ? cleanMembers(value, type) : value;
}

/** @param isMerged directives in items are only meant so in lists that merge. */
function cleanList(list: readonly unknown[], type: Type, isMerged: boolean): unknown[] {
  const kept = isMerged
    ? list.filter((item) => !isObject(item) || item[PATCH] === undefined || item[PATCH] === 'merge')
    : list;
  return kept.map((item) => clean(item, type, false));
}

function cleanMembers(members: Members, type: Type): Members {
  const kept = Object.entries(members).filter(([name, value]) => value !== null && !isDirective(name));
  return Object.fromEntries(
    kept.map(([name, value]) => {
      const place = placeOf(name, type);
      return [name, clean(value, place.type, place.field?.patchStrategies.includes('merge') ?? false)];
    }),
  );
}
