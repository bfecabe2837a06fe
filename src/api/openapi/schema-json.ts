import type { Schemas } from '../schema/schema.ts';
import type { Descriptions, StructureDefinition, StructureField } from '../schema/structure.ts';

export type Json = Record<string, unknown>;

/** What differs between the two versions of OpenAPI. */
export interface Dialect {
  /** Put before a definition's id. */
  readonly refPrefix: '#/definitions/' | '#/components/schemas/';
  /** A `$ref` may have no neighbours in version 3: it is wrapped in `allOf`. */
  readonly wrapsRefs: boolean;
  /** Schemas of the definitions that are scalars, by the structure file's code. */
  readonly scalars: Readonly<Record<string, Json>>;
}

const PLAIN: Readonly<Record<string, Json>> = {
  s: { type: 'string' },
  b: { type: 'boolean' },
  i: { type: 'integer', format: 'int32' },
  l: { type: 'integer', format: 'int64' },
  d: { type: 'number', format: 'double' },
  B: { type: 'string', format: 'byte' },
};

/** Turns definitions of the structure file into the schemas that Kubernetes publishes. */
export class SchemaWriter {
  readonly #schemas: Schemas;
  readonly #descriptions: Descriptions;
  readonly #dialect: Dialect;
  readonly #written = new Map<number, Json>();
  readonly #waiting: number[] = [];

  constructor(schemas: Schemas, descriptions: Descriptions, dialect: Dialect) {
    this.#schemas = schemas;
    this.#descriptions = descriptions;
    this.#dialect = dialect;
  }

  /** A reference to a definition, which all() will hold. @returns undefined for an id that is not published. */
  refTo(id: string): Json | undefined {
    const number = this.#schemas.numberOf(id);
    return number === undefined ? undefined : this.#ref(number);
  }

  /** Every definition that was referred to, and those that they refer to, by id. */
  all(): Record<string, Json> {
    for (let number = this.#waiting.pop(); number !== undefined; number = this.#waiting.pop()) {
      if (!this.#written.has(number)) this.#written.set(number, this.#definition(number));
    }
    const entries = [...this.#written].map(([number, json]) => [this.#schemas.definition(number).id, json] as const);
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  #ref(number: number): Json {
    this.#waiting.push(number);
    return { $ref: this.#dialect.refPrefix + this.#schemas.definition(number).id };
  }

  #definition(number: number): Json {
    const definition = this.#schemas.definition(number);
    const [description = '', ...texts] = this.#descriptions[number] ?? [];
    const described = description ? { description } : {};
    if (definition.scalar) return { ...described, ...this.#dialect.scalars[definition.scalar] };
    const properties = Object.entries(definition.fields ?? {}).map(
      ([name, field], index) => [name, this.#property(field, texts[index] ?? '')] as const,
    );
    return {
      ...described,
      type: 'object',
      properties: Object.fromEntries(properties),
      ...(definition.required ? { required: definition.required } : {}),
      ...extensionsOf(definition),
    };
  }

  #property(entry: string | StructureField, description: string): Json {
    const field = typeof entry === 'string' ? { type: entry } : entry;
    const type = this.#type(field.type, field.enum);
    const described = description ? { description } : {};
    const wrapped = '$ref' in type && this.#dialect.wrapsRefs && description ? { allOf: [type] } : type;
    return { ...described, ...wrapped, ...(field.default ? { default: field.default } : {}), ...factsOf(field.facts) };
  }

  #type(code: string, values: readonly string[] | undefined): Json {
    const rest = code.slice(1);
    switch (code[0]) {
      case '[':
        return { type: 'array', items: this.#type(rest, values) };
      case '{':
        return { type: 'object', additionalProperties: this.#type(rest, values) };
      case '@':
        return this.#ref(Number(rest));
      default:
        return { ...PLAIN[code], ...(values ? { enum: values } : {}) };
    }
  }
}

function extensionsOf({ gvk, atomic }: StructureDefinition): Json {
  const [group, version, kind] = gvk ?? [];
  return {
    ...(gvk ? { 'x-kubernetes-group-version-kind': [{ group, kind, version }] } : {}),
    ...(atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  };
}

/** @param words of the table of facts: `merge(name) retainKeys map(name)`. */
function factsOf(words: string | undefined): Json {
  const json: Json = {};
  const strategies: string[] = [];
  for (const word of words?.split(' ') ?? []) {
    const [, name = '', keys] = /^(\w+)(?:\((.*)\))?$/.exec(word) ?? [];
    if (name === 'atomicObject') json['x-kubernetes-map-type'] = 'atomic';
    else if (name === 'atomic' || name === 'set' || name === 'map') json['x-kubernetes-list-type'] = name;
    else strategies.push(name);
    if (name === 'map') json['x-kubernetes-list-map-keys'] = keys?.split(',');
    if (name === 'merge' && keys) json['x-kubernetes-patch-merge-key'] = keys;
  }
  if (strategies.length > 0) json['x-kubernetes-patch-strategy'] = strategies.join(',');
  return json;
}
