import { ApiError } from '../../../api/meta/errors.ts';

/** How an answer is to look. */
export interface Representation {
  readonly encoding: 'json' | 'yaml';
  /** Absent: the object itself. */
  readonly as?: 'Table' | 'PartialObjectMetadata';
  /** Of meta.k8s.io, for `as`. */
  readonly version: 'v1' | 'v1beta1';
}

interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const PLAIN: Representation = { encoding: 'json', version: 'v1' };
const ENCODINGS: Readonly<Record<string, Representation['encoding']>> = {
  'application/json': 'json',
  'application/*': 'json',
  '*/*': 'json',
  'application/yaml': 'yaml',
};
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const ACCEPTED = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';

/** The clauses of an Accept header, best first: by quality, then as written. */
export function parseAccept(header: string): Clause[] {
  const clauses = header.split(',').map((text) => {
    const [type = '', ...rest] = text.split(';').map((part) => part.trim());
    const parameters = new Map(rest.map((part) => splitPair(part)));
    return { type: type.toLowerCase(), parameters, quality: Number(parameters.get('q') ?? 1) };
  });
  return clauses.filter(({ type, quality }) => type && quality > 0).sort((a, b) => b.quality - a.quality);
}

function splitPair(text: string): [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/**
 * Picks the first form that we serve. Protobuf is answered with JSON, which every client that asks for it reads.
 * @param accept the header; absent or empty accepts all.
 * @param options `transforms: false` for what has no metadata to make a table of.
 * @throws ApiError NotAcceptable.
 */
export function negotiate(accept: string | undefined, { transforms = true } = {}): Representation {
  if (!accept?.trim()) return PLAIN;
  let takesProtobuf = false;
  for (const { type, parameters } of parseAccept(accept)) {
    const as = parameters.get('as');
    if (type === PROTOBUF && !as) takesProtobuf = true;
    const encoding = ENCODINGS[type];
    if (!encoding) continue;
    if (!as) return { encoding, version: 'v1' };
    const transformed = transforms ? transformOf(as, parameters) : undefined;
    if (transformed) return { encoding, ...transformed };
  }
  if (takesProtobuf) return PLAIN;
  throw new ApiError('NotAcceptable', `only the following media types are accepted: ${ACCEPTED}`);
}

function transformOf(
  as: string,
  parameters: ReadonlyMap<string, string>,
): Required<Pick<Representation, 'as' | 'version'>> | undefined {
  const version = parameters.get('v');
  if (parameters.get('g') !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return undefined;
  if (as === 'Table') return { as, version };
  if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList')
    return { as: 'PartialObjectMetadata', version };
  return undefined;
}
