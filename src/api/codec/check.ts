import { QuantityError } from '../meta/quantity.ts';
import type { FieldType, ObjectSchema } from '../schema/schema.ts';
import type { Duplicates } from './json-parser.ts';
import { SCALAR_READERS, WrongType, WrongValue, wordOf } from './scalars.ts';
import { fillZeros, zeroOf } from './zeros.ts';

/** Kubernetes' strict decoder reports no more than these. */
const MAX_STRICT_ERRORS = 100;

/** A body that does not fit its kind; the message is the one Go's json package gives. */
export class MismatchError extends Error {
  override readonly name = 'MismatchError';
}

export type Members = Record<string, unknown>;

/**
 * Walks free JSON along a schema and makes a clean copy: unknown fields and nulls are gone, times, quantities and bytes are in
 * canonical form. As in Go, a null in a list or map is the zero value of its type, and so is a required field that is absent.
 */
export class Checker {
  /** `unknown field "spec.foo"`, `duplicate field "spec.foo"`, in the order of the body. */
  readonly strictErrors: string[] = [];
  readonly #duplicates: Duplicates;
  /** Members and indexes from the root: what strict errors print. */
  readonly #path: (string | number)[] = [];
  /** Struct fields only: what Go's type errors print. */
  readonly #fields: string[] = [];

  constructor(duplicates: Duplicates = new Map()) {
    this.#duplicates = duplicates;
  }

  /**
   * @param at the member of the body that this is, for the paths in messages; absent for the body itself.
   * @throws MismatchError for the first value of a wrong type.
   */
  object(value: unknown, schema: ObjectSchema, at?: string): Members {
    if (at !== undefined) {
      this.#path.push(at);
      this.#fields.push(at);
    }
    return this.#object(value, schema, undefined);
  }

  /** @param owner the struct that has the field that holds this value. */
  #object(value: unknown, schema: ObjectSchema, owner: ObjectSchema | undefined): Members {
    if (!isObject(value)) throw this.#wrongType(wordOf(value), { is: 'object', object: schema }, owner);
    this.#reportDuplicates(value);
    const fields = schema.fields();
    const clean: Members = {};
    for (const name of Object.keys(value)) {
      const field = fields.get(name);
      const member = value[name];
      this.#path.push(name);
      if (!field) this.#strict('unknown');
      else if (member !== null && member !== undefined) {
        this.#fields.push(name);
        const read = this.#value(member, field.type, schema);
        if (read !== null) clean[name] = read;
        this.#fields.pop();
      }
      this.#path.pop();
    }
    return fillZeros(clean, schema);
  }

  #value(value: unknown, type: FieldType, owner: ObjectSchema): unknown {
    switch (type.is) {
      case 'object':
        return this.#object(value, type.object, owner);
      case 'list':
        if (!Array.isArray(value)) throw this.#wrongType(wordOf(value), type, owner);
        return value.map((item, index) => this.#item(item, index, type.items, owner));
      case 'map':
        return this.#map(value, type, owner);
      default:
        return this.#scalar(value, type, owner);
    }
  }

  #map(value: unknown, type: FieldType & { is: 'map' }, owner: ObjectSchema): Members {
    if (!isObject(value)) throw this.#wrongType(wordOf(value), type, owner);
    this.#reportDuplicates(value);
    // fromEntries, not assignment: a key may be `__proto__`.
    return Object.fromEntries(
      Object.keys(value).map((key) => [key, this.#item(value[key], key, type.values, owner)] as const),
    );
  }

  #item(value: unknown, at: string | number, type: FieldType, owner: ObjectSchema): unknown {
    if (value === null || value === undefined) return zeroOf(type);
    this.#path.push(at);
    const read = this.#value(value, type, owner);
    this.#path.pop();
    return read;
  }

  #scalar(value: unknown, type: FieldType & { is: keyof typeof SCALAR_READERS }, owner: ObjectSchema): unknown {
    try {
      return SCALAR_READERS[type.is](value);
    } catch (err) {
      if (err instanceof WrongType) throw this.#wrongType(err.got, type, owner);
      if (err instanceof WrongValue || err instanceof QuantityError) {
        throw new MismatchError(err.message, { cause: err });
      }
      throw err;
    }
  }

  #wrongType(got: string, type: FieldType, owner: ObjectSchema | undefined): MismatchError {
    const into = owner ? `Go struct field ${owner.goName}.${this.#fields.join('.')}` : 'Go value';
    return new MismatchError(`json: cannot unmarshal ${got} into ${into} of type ${goType(type)}`);
  }

  #reportDuplicates(object: object): void {
    for (const name of new Set(this.#duplicates.get(object))) {
      this.#path.push(name);
      this.#strict('duplicate');
      this.#path.pop();
    }
  }

  #strict(what: 'unknown' | 'duplicate'): void {
    if (this.strictErrors.length >= MAX_STRICT_ERRORS) return;
    const path = this.#path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
    this.strictErrors.push(`${what} field "${path.slice(1)}"`);
  }
}

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const GO_TYPES: Readonly<Partial<Record<FieldType['is'], string>>> = {
  boolean: 'bool',
  double: 'float64',
  byte: '[]uint8',
};

function goType(type: FieldType): string {
  switch (type.is) {
    case 'object':
      return type.object.goType;
    case 'list':
      return `[]${goType(type.items)}`;
    case 'map':
      return `map[string]${goType(type.values)}`;
    default:
      return GO_TYPES[type.is] ?? type.is;
  }
}
