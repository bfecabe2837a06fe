import { lazy, readGenerated } from './generated.ts';
import type { Structure, StructureDefinition, StructureField } from './structure.ts';

export interface GroupVersionKind {
  /** `''` for core. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export type ScalarKind =
  | 'string'
  | 'boolean'
  | 'int32'
  | 'int64'
  | 'double'
  /** base64 text. */
  | 'byte'
  | 'quantity'
  | 'int-or-string'
  /** RFC 3339, to the second. */
  | 'date-time'
  /** RFC 3339 with six digits. */
  | 'micro-time'
  /** JSON of any shape. */
  | 'any';

export type FieldType =
  | { readonly is: ScalarKind }
  | { readonly is: 'list'; readonly items: FieldType }
  | { readonly is: 'map'; readonly values: FieldType }
  | { readonly is: 'object'; readonly object: ObjectSchema };

type ListType = 'atomic' | 'set' | 'map';

export interface FieldSchema {
  readonly name: string;
  readonly type: FieldType;
  readonly required: boolean;
  /** Of the text, or of each item. */
  readonly enum?: readonly string[];
  readonly default?: string;
  /** x-kubernetes-patch-strategy: how a strategic merge patch treats the field; empty is the default (objects merge, lists are replaced). */
  readonly patchStrategies: readonly ('merge' | 'replace' | 'retainKeys')[];
  /** x-kubernetes-patch-merge-key: the field that tells items apart in a strategic merge; absent for lists of scalars. */
  readonly mergeKey?: string;
  /** x-kubernetes-list-type and -map-keys, for server-side apply; absent is atomic. */
  readonly listType?: ListType;
  readonly listMapKeys?: readonly string[];
  /** x-kubernetes-map-type: atomic. */
  readonly isAtomic: boolean;
}

/** One definition, its fields read when they are first asked for. */
export class ObjectSchema {
  /** `io.k8s.api.core.v1.PodSpec`. */
  readonly id: string;
  /** Its place in the structure file (and in that of the descriptions). */
  readonly number: number;
  readonly gvk: GroupVersionKind | undefined;
  readonly fields: () => ReadonlyMap<string, FieldSchema>;

  constructor(definition: StructureDefinition, number: number, schemas: Schemas) {
    this.id = definition.id;
    this.number = number;
    const [group, version, kind] = definition.gvk ?? [];
    this.gvk = kind === undefined ? undefined : { group: group ?? '', version: version ?? '', kind };
    this.fields = lazy(() => readFields(definition, schemas));
  }

  /** `PodSpec`: what Go's messages call the struct. */
  get goName(): string {
    return this.id.slice(this.id.lastIndexOf('.') + 1);
  }

  /** `v1.PodSpec`. */
  get goType(): string {
    return this.id.split('.').slice(-2).join('.');
  }
}

const SCALARS: Readonly<Record<string, ScalarKind>> = {
  s: 'string',
  b: 'boolean',
  i: 'int32',
  l: 'int64',
  d: 'double',
  B: 'byte',
  q: 'quantity',
  x: 'int-or-string',
  t: 'date-time',
  u: 'micro-time',
  '*': 'any',
};

/** The definitions of a structure file, by id and by kind. */
export class Schemas {
  readonly #structure: Structure;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #types = new Map<string, FieldType>();

  constructor(structure: Structure) {
    this.#structure = structure;
    const entries = structure.definitions.flatMap((definition, number): [string, number][] => {
      const [group = '', version = '', kind = ''] = definition.gvk ?? [];
      const byId: [string, number] = [definition.id, number];
      return definition.gvk ? [byId, [kindKey({ group, version, kind }), number]] : [byId];
    });
    this.#numbers = new Map(entries);
  }

  /** @returns undefined for a kind that Kubernetes does not publish (a custom resource). */
  ofKind(gvk: GroupVersionKind): ObjectSchema | undefined {
    return this.ofId(kindKey(gvk));
  }

  /** @param id `io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta`. */
  ofId(id: string): ObjectSchema | undefined {
    const number = this.#numbers.get(id);
    if (number === undefined) return undefined;
    const type = this.type(`@${number}`);
    return type.is === 'object' ? type.object : undefined;
  }

  /** @returns the place of a definition in the structure file. */
  numberOf(id: string): number | undefined {
    return this.#numbers.get(id);
  }

  /** @param number place in the structure file. */
  definition(number: number): StructureDefinition {
    const definition = this.#structure.definitions[number];
    if (!definition) throw new RangeError(`definition ${number} is not in the structure file`);
    return definition;
  }

  /** @param code as structure.ts describes; equal codes give the same object. */
  type(code: string): FieldType {
    let type = this.#types.get(code);
    if (!type) {
      type = this.#read(code);
      this.#types.set(code, type);
    }
    return type;
  }

  #read(code: string): FieldType {
    const rest = code.slice(1);
    switch (code[0]) {
      case '[':
        return { is: 'list', items: this.type(rest) };
      case '{':
        return { is: 'map', values: this.type(rest) };
      case '@': {
        const definition = this.definition(Number(rest));
        if (definition.scalar) return this.type(definition.scalar);
        return { is: 'object', object: new ObjectSchema(definition, Number(rest), this) };
      }
      default:
        return { is: SCALARS[code] ?? 'any' };
    }
  }
}

function kindKey({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version}/${kind}`;
}

function readFields(definition: StructureDefinition, schemas: Schemas): ReadonlyMap<string, FieldSchema> {
  const required = new Set(definition.required);
  const entries = Object.entries(definition.fields ?? {});
  return new Map(entries.map(([name, entry]) => [name, readField(name, entry, required.has(name), schemas)]));
}

function readField(name: string, entry: string | StructureField, required: boolean, schemas: Schemas): FieldSchema {
  const field = typeof entry === 'string' ? { type: entry } : entry;
  const type = schemas.type(field.type);
  const isAtomicObject = type.is === 'object' && schemas.definition(type.object.number).atomic === true;
  return {
    name,
    type,
    required,
    ...(field.enum ? { enum: field.enum } : {}),
    ...(field.default ? { default: field.default } : {}),
    ...readFacts(field.facts ?? '', isAtomicObject),
  };
}

type Facts = Pick<FieldSchema, 'patchStrategies' | 'mergeKey' | 'listType' | 'listMapKeys' | 'isAtomic'>;

/** @param words as the table of facts writes them: `merge(name) map(name)`. */
function readFacts(words: string, isAtomicObject: boolean): Facts {
  const parsed = words.split(' ').map((word) => /^(\w+)(?:\((.*)\))?$/.exec(word));
  const find = (...names: string[]) => parsed.find((match) => match && names.includes(match[1] ?? ''));
  const patchStrategies = (['merge', 'replace', 'retainKeys'] as const).filter((name) => find(name));
  const mergeKey = find('merge')?.[2];
  const listType = (['atomic', 'set', 'map'] as const).find((name) => find(name));
  const listMapKeys = find('map')?.[2]?.split(',');
  return {
    patchStrategies,
    ...(mergeKey ? { mergeKey } : {}),
    ...(listType ? { listType } : {}),
    ...(listMapKeys ? { listMapKeys } : {}),
    isAtomic: isAtomicObject || find('atomicObject') !== undefined,
  };
}

/** The published definitions, read from disk at the first use (about 2 MB). */
export const schemas: () => Schemas = lazy(() => new Schemas(JSON.parse(readGenerated('structure.json').toString())));

/** What a kind's objects hold. @returns undefined for a kind that Kubernetes does not publish (a custom resource). */
export function schemaOf(gvk: GroupVersionKind): ObjectSchema | undefined {
  return schemas().ofKind(gvk);
}
