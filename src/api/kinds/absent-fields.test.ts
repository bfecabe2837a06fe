import assert from 'node:assert/strict';
import { checkObject } from '../codec/decode.ts';
import { validateObjectMeta } from '../meta/object-meta.ts';
import type { KindDefinition } from '../registry.ts';
import { type FieldSchema, type FieldType, type ObjectSchema, schemaOf } from '../schema/schema.ts';
import type { KubeObject } from '../types.ts';
import { KINDS } from './all.ts';
import { blankOf } from './test-blanks.ts';

/**
 * Whatever a client leaves out: every struct that a kind's schema knows is put into an object that is right, once empty, once
 * without each of the fields that it requires, and once with each of the others. The kind may refuse that; it must never throw.
 */

type Members = Record<string, unknown>;
type Step = { readonly field: string; readonly holds: 'object' | 'list' | 'map' };

interface Struct {
  readonly path: readonly Step[];
  readonly schema: ObjectSchema;
}

/** Every struct below `schema`, itself first. A struct inside of itself ends the way down, and so does the PodSpec of a template: Pods show what is in one. */
function structsIn(schema: ObjectSchema, path: readonly Step[] = [], above: readonly string[] = []): Struct[] {
  if (above.includes(schema.id)) return [];
  if (schema.goName === 'PodSpec' && above.length > 1) return [{ path, schema }];
  const below = [...schema.fields().values()].flatMap(({ name, type }) => {
    const found = structOf(type);
    if (!found) return [];
    return structsIn(found.schema, [...path, { field: name, holds: found.holds }], [...above, schema.id]);
  });
  return [{ path, schema }, ...below];
}

function structOf(type: FieldType): { schema: ObjectSchema; holds: Step['holds'] } | undefined {
  if (type.is === 'object') return { schema: type.object, holds: 'object' };
  const inner = type.is === 'list' ? type.items : type.is === 'map' ? type.values : undefined;
  return inner?.is === 'object' ? { schema: inner.object, holds: type.is as 'list' | 'map' } : undefined;
}

const SCALARS: Readonly<Record<string, unknown>> = {
  string: 'x',
  boolean: true,
  byte: 'YQ==',
  quantity: '1',
  'date-time': '2026-01-01T00:00:00Z',
  'micro-time': '2026-01-01T00:00:00.000000Z',
  any: {},
};

/** What a field may hold; of structs, what they require. */
function sampleOf({ type, enum: words }: Pick<FieldSchema, 'type' | 'enum'>): unknown {
  switch (type.is) {
    case 'object':
      return fieldsOf(type.object, ({ required }) => required);
    case 'list':
      return [sampleOf({ ...(words ? { enum: words } : {}), type: type.items })];
    case 'map':
      return { x: sampleOf({ ...(words ? { enum: words } : {}), type: type.values }) };
    default:
      return words?.[0] ?? SCALARS[type.is] ?? 1;
  }
}

function fieldsOf(schema: ObjectSchema, isWanted: (field: FieldSchema) => boolean): Members {
  const fields = [...schema.fields().values()].filter(isWanted);
  return Object.fromEntries(fields.map((field) => [field.name, sampleOf(field)]));
}

/** What is put in the place of one struct, each with a title for the message. */
function* variantsOf({ path, schema }: Struct, here: Members): Generator<[title: string, value: Members]> {
  const at = path.map(({ field, holds }) => (holds === 'object' ? field : `${field}[]`)).join('.');
  yield [`${at} empty`, {}];
  const right = { ...fieldsOf(schema, () => true), ...here };
  const required = { ...fieldsOf(schema, (field) => field.required), ...here };
  for (const name of Object.keys(right)) {
    const { [name]: _gone, ...rest } = right;
    if (Object.hasOwn(required, name)) yield [`${at} without ${name}`, rest];
    const { [name]: _also, ...few } = required;
    if (Object.hasOwn(required, name)) yield [`${at} with the least but for ${name}`, few];
    else yield [`${at} with ${name} beside the least`, { ...required, [name]: right[name] }];
  }
}

function at(object: unknown, path: readonly Step[]): unknown {
  return path.reduce<unknown>(
    (value, { field, holds }) => first((value as Members | undefined)?.[field], holds),
    object,
  );
}

function first(value: unknown, holds: Step['holds']): unknown {
  return holds === 'object' ? value : Object.values(value ?? {})[0];
}

/** A copy with the struct at `path`, and all on the way to it as it was. */
function put(object: unknown, path: readonly Step[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (!step) return value;
  const { field, holds } = step;
  const members = { ...(object as Members | undefined) };
  const inner = put(first(members[field], holds), rest, value);
  return { ...members, [field]: holds === 'list' ? [inner] : holds === 'map' ? { x: inner } : inner };
}

/** All that a write asks of the kind. */
function judge(kind: KindDefinition, sent: unknown): void {
  const { strategy } = kind;
  const { object } = checkObject(sent, kind);
  strategy.setDefaults?.(object);
  strategy.prepareForCreate?.(object);
  const causes = [
    ...validateObjectMeta(object.metadata, kind),
    ...strategy.validate(object),
    ...(strategy.validateCreate?.(object) ?? []),
  ];
  if (causes.length === 0) assertShown(kind, object);
  judgeUpdates(kind, checkObject(sent, kind).object);
}

/** An update names its object, and through /status brings nothing but a status. */
function judgeUpdates(kind: KindDefinition, object: KubeObject & { status?: unknown }): void {
  const { strategy } = kind;
  const old = checkObject(blankOf(kind), kind).object;
  strategy.setDefaults?.(old);
  object.metadata.name ||= old.metadata.name;
  const status = structuredClone(object.status);
  const reported: KubeObject = { ...structuredClone(old), ...(status ? { status } : {}) };
  if (!strategy.validateStatusUpdate?.(reported, old).length) assertShown(kind, reported);
  strategy.setDefaults?.(object);
  strategy.prepareForUpdate?.(object, old);
  strategy.validate(object);
  strategy.validateUpdate?.(object, old);
}

function assertShown(kind: KindDefinition, object: KubeObject): void {
  kind.strategy.warnings?.(object);
  kind.selectableFields?.(object);
  for (const column of kind.columns) column.cell(object, 0);
}

describe('absent fields', () => {
  for (const kind of KINDS) {
    it(`never make a ${kind.kind} of ${kind.group || 'core'} throw`, () => {
      const schema = schemaOf(kind);
      assert.ok(schema);
      const base = blankOf(kind);
      const thrown: string[] = [];
      for (const struct of structsIn(schema)) {
        const here = (at(base, struct.path) ?? {}) as Members;
        for (const [title, value] of variantsOf(struct, here)) {
          try {
            judge(kind, put(base, struct.path, value));
          } catch (err) {
            thrown.push(`${title}: ${(err as Error).stack?.split('\n').slice(0, 2).join(' ')}`);
          }
        }
      }
      assert.deepEqual(thrown, []);
    });
  }
});
