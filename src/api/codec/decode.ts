import { ApiError, badRequest } from '../meta/errors.ts';
import { type GroupVersionKind, type ObjectSchema, schemaOf, schemas } from '../schema/schema.ts';
import type { KubeObject } from '../types.ts';
import { Checker, isObject, type Members, MismatchError } from './check.ts';
import { parseJson } from './json.ts';
import { type Duplicates, JsonSyntaxError } from './json-parser.ts';
import { decodeMessage, hasMessage, readEnvelope } from './protobuf.ts';
import { plain, WrongValue } from './scalars.ts';
import { WireError } from './wire-reader.ts';
import { parseYaml } from './yaml.ts';

export interface Decoded {
  /** A clean copy: only known fields, no nulls, quantities, times and bytes in canonical form. apiVersion and kind are set. */
  readonly object: KubeObject;
  /** What fieldValidation is about, in the order of the body: `unknown field "spec.foo"`, `duplicate field "spec.foo"`. */
  readonly strictErrors: string[];
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const MEDIA_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'] as const;
type MediaType = (typeof MEDIA_TYPES)[number];

interface Parsed {
  readonly value: unknown;
  readonly duplicates: Duplicates;
  readonly strictErrors: readonly string[];
}

/**
 * Reads a body that must hold one object of `gvk`.
 * @param contentType parameters are ignored; none is JSON.
 * @throws ApiError UnsupportedMediaType; BadRequest with Kubernetes' sentence for all that is wrong with the body.
 */
export function decodeObject(body: Uint8Array, contentType: string | undefined, gvk: GroupVersionKind): Decoded {
  const parsed = parse(body, mediaType(contentType), gvk);
  return check(parsed, gvk);
}

/** The same for an object that is at hand already (the result of a patch). @throws ApiError BadRequest */
export function checkObject(value: unknown, gvk: GroupVersionKind): Decoded {
  return check({ value, duplicates: new Map(), strictErrors: [] }, gvk);
}

/**
 * Reads a body of options (DeleteOptions and its kin in meta.k8s.io/v1), whose apiVersion may be any group's; unknown fields are dropped.
 * @param kind a kind of meta/v1: `DeleteOptions`.
 * @returns empty for an empty body.
 * @throws ApiError as decodeObject does.
 */
export function decodeLoose(body: Uint8Array, contentType: string | undefined, kind = 'DeleteOptions'): Members {
  if (body.length === 0) return {};
  const gvk: GroupVersionKind = { group: '', version: 'v1', kind };
  const schema = schemas().ofId(`${META}.${kind}`);
  if (!schema) throw new RangeError(`meta/v1 has no ${kind}`);
  const { value, duplicates } = parse(body, mediaType(contentType), gvk, schema);
  return inSentence(gvk, () => new Checker(duplicates).object(value ?? {}, schema));
}

function mediaType(contentType: string | undefined): MediaType {
  const name = (contentType ?? '').split(';')[0]?.trim().toLowerCase();
  if (!name) return 'application/json';
  const known = MEDIA_TYPES.find((type) => type === name);
  if (known) return known;
  throw unsupported();
}

function unsupported(): ApiError {
  return new ApiError(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${MEDIA_TYPES.join(', ')}`,
  );
}

function parse(body: Uint8Array, type: MediaType, gvk: GroupVersionKind, schema = schemaOf(gvk)): Parsed {
  try {
    if (type === 'application/json') return { ...parseJson(body), strictErrors: [] };
    if (type === 'application/yaml') return { ...parseYaml(Buffer.from(body).toString('utf8')), duplicates: new Map() };
    return { value: readProtobuf(body, schema), duplicates: new Map(), strictErrors: [] };
  } catch (err) {
    if (err instanceof ApiError) throw err;
    if (!(err instanceof Error)) throw err;
    const why =
      err instanceof JsonSyntaxError ? `couldn't get version/kind; json parse error: ${err.message}` : err.message;
    const text = `the object provided is unrecognized (must be of type ${gvk.kind}): ${why} (${summary(body)})`;
    throw badRequest(text, { cause: err });
  }
}

function readProtobuf(body: Uint8Array, schema: ObjectSchema | undefined): Members {
  const name = schema?.id.split('.').slice(-3).join('.') ?? '';
  if (!hasMessage(name)) throw unsupported();
  const { apiVersion, kind, raw } = readEnvelope(body);
  return { ...(apiVersion ? { apiVersion } : {}), ...(kind ? { kind } : {}), ...decodeMessage(name, raw) };
}

/** As Kubernetes shows a body that it cannot read: text of JSON, else hexadecimal digits, thirty bytes of it. */
function summary(body: Uint8Array): string {
  const head = Buffer.from(body.subarray(0, 30));
  if (head.length === 0) return '<empty>';
  const more = body.length > 30 ? ' ...' : '';
  return (head[0] === 0x7b ? head.toString('utf8') : head.toString('hex')) + more;
}

function check(parsed: Parsed, gvk: GroupVersionKind): Decoded {
  if (!isObject(parsed.value)) throw badRequest(unrecognized(gvk, parsed.value));
  checkTypeMeta(parsed.value, gvk);
  const schema = schemaOf(gvk);
  const checker = new Checker(parsed.duplicates);
  const members = inSentence(gvk, () =>
    schema ? checker.object(parsed.value, schema) : checkCustom(parsed.value as Members, checker),
  );
  const { apiVersion: _, kind: __, metadata, ...rest } = members;
  const object = { apiVersion: apiVersionOf(gvk), kind: gvk.kind, metadata: metadata ?? {}, ...rest } as KubeObject;
  return { object, strictErrors: [...parsed.strictErrors, ...checker.strictErrors] };
}

/** A custom resource: only its metadata has a schema. */
function checkCustom(value: Members, checker: Checker): Members {
  const schema = schemas().ofId(`${META}.ObjectMeta`);
  const { metadata, ...rest } = value;
  if (!schema || metadata === undefined || metadata === null) return plain(rest) as Members;
  return { metadata: checker.object(metadata, schema, 'metadata'), ...(plain(rest) as Members) };
}

function unrecognized({ kind }: GroupVersionKind, value: unknown): string {
  const got = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  return `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: json: cannot unmarshal ${got} into Go value of type struct { APIVersion string; Kind string }`;
}

function checkTypeMeta(value: Members, gvk: GroupVersionKind): void {
  const expected = apiVersionOf(gvk);
  const { apiVersion = expected, kind = gvk.kind } = value;
  for (const [name, text] of Object.entries({ apiVersion, kind })) {
    if (typeof text === 'string' || text === null) continue;
    throw badRequest(
      `the object provided is unrecognized (must be of type ${gvk.kind}): couldn't get version/kind; json parse error: json: cannot unmarshal ${typeof text} into Go struct field .${name} of type string`,
    );
  }
  if (apiVersion && apiVersion !== expected) {
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
    );
  }
  if (kind && kind !== gvk.kind) {
    throw badRequest(
      `${kind} in version "${gvk.version}" cannot be handled as a ${gvk.kind}: the kind in the data (${kind}) does not match the expected kind (${gvk.kind})`,
    );
  }
}

function apiVersionOf({ group, version }: GroupVersionKind): string {
  return group ? `${group}/${version}` : version;
}

/** Kubernetes' frame around what its JSON package says. */
function inSentence<T>({ version, kind }: GroupVersionKind, read: () => T): T {
  try {
    return read();
  } catch (err) {
    if (!(err instanceof MismatchError || err instanceof WrongValue || err instanceof WireError)) throw err;
    throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${err.message}`, { cause: err });
  }
}
