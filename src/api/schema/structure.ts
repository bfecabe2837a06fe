/**
 * The file that `npm run gen` makes: every published definition, as short as JSON allows.
 *
 * A type is a text: a scalar's code, `@n` (definition number n), `[T` a list, `{T` a map with text keys.
 * Scalars: `s` string, `b` boolean, `i` int32, `l` int64, `d` double, `B` base64 bytes, and the named ones `q` Quantity,
 * `x` IntOrString, `t` Time, `u` MicroTime, `*` any JSON.
 */
export interface Structure {
  /** Of `definitions`; its place is the number that types name. */
  readonly definitions: readonly StructureDefinition[];
}

export interface StructureDefinition {
  /** `io.k8s.api.core.v1.Pod`. */
  readonly id: string;
  /** Field name -> type, or type and facts. */
  readonly fields?: Readonly<Record<string, string | StructureField>>;
  readonly required?: readonly string[];
  /** Of a definition that is only a name of a scalar (Quantity). */
  readonly scalar?: string;
  /** Group, version, kind of what can be sent as an object. */
  readonly gvk?: readonly [string, string, string];
  readonly atomic?: true;
}

export interface StructureField {
  readonly type: string;
  readonly enum?: readonly string[];
  /** The words of the table of facts: `merge(name) map(name)`. */
  readonly facts?: string;
  readonly default?: string;
}

/** Beside `definitions`, by the same numbers: the definition's own description, then its fields' in their order. */
export type Descriptions = readonly (readonly string[])[];
