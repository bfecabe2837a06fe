import type { Structure, StructureDefinition, StructureField } from '../../src/api/schema/structure.ts';
import { FACTS, FIELD_DEFAULTS } from './facts.ts';
import type { Formats } from './read-formats.ts';
import type { Model } from './read-models.ts';
import type { ModelField, ModelType } from './type-text.ts';

/** Definitions that are a scalar, or free JSON, under a name. */
const SCALARS: Readonly<Record<string, string>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'q',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': '*',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'u',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Patch': '*',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 't',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': '*',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'x',
};

const NUMBERS: Readonly<Record<string, string>> = { int32: 'i', int64: 'l', double: 'd' };

/**
 * Puts types, formats and facts together.
 * @throws Error for a number without a format, and for facts about fields that do not exist.
 */
export function buildStructure(models: readonly Model[], formatsOf: (id: string) => Formats): Structure {
  const numbers = new Map(models.map((model, index) => [model.id, index]));
  checkFacts(models);
  return { definitions: models.map((model) => definition(model, numbers, formatsOf(model.id))) };
}

/** Key of the tables of facts: the id without what is the same everywhere. */
function factsKey(id: string): string {
  return id.split('.').slice(-3).join('.');
}

function definition(model: Model, numbers: ReadonlyMap<string, number>, formats: Formats): StructureDefinition {
  const scalar = SCALARS[model.id] ?? (model.fields?.length ? undefined : '*');
  if (scalar || !model.fields) return { id: model.id, scalar: scalar ?? '*' };
  const facts = FACTS[factsKey(model.id)] ?? {};
  const defaults = FIELD_DEFAULTS[factsKey(model.id)] ?? {};
  const required = model.fields.filter((field) => field.required).map((field) => field.name);
  const fields = model.fields.map((field) => {
    const type = typeText(field.type, numbers, () => numberOf(model, field, formats));
    return [field.name, withFacts(field, type, { facts: facts[field.name], default: defaults[field.name] })];
  });
  return {
    id: model.id,
    fields: Object.fromEntries(fields),
    ...(required.length > 0 ? { required } : {}),
    ...(model.gvk ? { gvk: [model.gvk.group, model.gvk.version, model.gvk.kind] } : {}),
    ...(facts[''] ? { atomic: true } : {}),
  };

  function numberOf(of: Model, field: ModelField, all: Formats): string {
    const format = all.get(field.name);
    if (format === 'byte') return 'B';
    const code = format ? NUMBERS[format] : undefined;
    // JSONSchemaProps.maximum and its like have lost their format on the way; the API machinery's own counts are int32.
    return code ?? (of.id.endsWith('.JSONSchemaProps') ? 'd' : 'i');
  }
}

function withFacts(
  field: ModelField,
  type: string,
  extra: Pick<StructureField, 'facts' | 'default'>,
): string | StructureField {
  const values = enumOf(field.type);
  if (!values && !extra.facts && !extra.default) return type;
  return {
    type,
    ...(values ? { enum: values } : {}),
    ...(extra.facts ? { facts: extra.facts } : {}),
    ...(extra.default ? { default: extra.default } : {}),
  };
}

function enumOf(type: ModelType): readonly string[] | undefined {
  if (type.is === 'array') return enumOf(type.items);
  if (type.is === 'map') return enumOf(type.values);
  return type.is === 'enum' ? type.values : undefined;
}

function typeText(type: ModelType, numbers: ReadonlyMap<string, number>, formatted: () => string): string {
  switch (type.is) {
    case 'array':
      return `[${typeText(type.items, numbers, formatted)}`;
    case 'map':
      return `{${typeText(type.values, numbers, formatted)}`;
    case 'ref':
      return `@${numbers.get(type.name)}`;
    case 'boolean':
      return 'b';
    case 'number':
      return formatted();
    case 'object':
      throw new Error('an object in place was left unresolved');
    default:
      return formatted() === 'B' ? 'B' : 's';
  }
}

/** A fact about nothing is a misprint, or a field that went away. */
function checkFacts(models: readonly Model[]): void {
  const byKey = new Map(models.map((model) => [factsKey(model.id), model]));
  const lost = Object.entries(FACTS).flatMap(([key, fields]) =>
    Object.keys(fields)
      .filter(
        (name) => !byKey.has(key) || (name !== '' && !byKey.get(key)?.fields?.some((field) => field.name === name)),
      )
      .map((name) => `${key}.${name}`),
  );
  if (lost.length > 0) throw new Error(`facts about fields that are not published: ${lost.join(', ')}`);
}
