import type { KindDefinition } from '../registry.ts';
import { schemas } from '../schema/schema.ts';
import type { Operation, Path, QueryParameter } from './paths.ts';
import { type Dialect, type Json, SchemaWriter } from './schema-json.ts';
import { API_VERSION, allPaths, definitionId, readDescriptions } from './source.ts';
import { type Field, flag, message, nested, text, texts } from './wire-writer.ts';

const V2: Dialect = {
  refPrefix: '#/definitions/',
  wrapsRefs: false,
  scalars: {
    q: { type: 'string' },
    x: { type: 'string', format: 'int-or-string' },
    t: { type: 'string', format: 'date-time' },
    u: { type: 'string', format: 'date-time' },
    '*': { type: 'object' },
  },
};

const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];
const METHOD_FIELDS = { get: 2, put: 3, post: 4, delete: 5, patch: 8 } as const;

/**
 * `GET /openapi/v2` as kubectl wants it whatever it asks for: a `Document` of gnostic's OpenAPIv2.proto. Field numbers are that
 * file's. kubectl up to 1.28 needs it for apply, edit and explain; later ones only where version 3 says nothing.
 */
export function openApiV2(kinds: readonly KindDefinition[]): Buffer {
  const writer = new SchemaWriter(schemas(), readDescriptions(), V2);
  for (const kind of kinds) for (const isList of [false, true]) writer.refTo(definitionId(kind, isList) ?? '');
  const paths = allPaths(kinds).map((path) => nested(2, text(1, path.path), nested(2, ...pathItem(path, writer))));
  const definitions = Object.entries(writer.all()).map(([id, schema]) => namedSchema(1, id, schema));
  return message(
    text(1, '2.0'),
    nested(2, text(1, 'Kubernetes'), text(2, API_VERSION)),
    nested(8, ...paths),
    nested(9, ...definitions),
  );
}

function pathItem(path: Path, writer: SchemaWriter): Field[] {
  const operations = path.operations.map((operation) =>
    nested(METHOD_FIELDS[operation.method], ...operationFields(operation, writer)),
  );
  // ParametersItem > Parameter > NonBodyParameter > PathParameterSubSchema
  const parameters = path.parameters.map(({ name, description }) =>
    nested(9, nested(1, nested(2, nested(4, ...parameter({ name, description, type: 'string' }, 'path'))))),
  );
  return [...operations, ...parameters];
}

function operationFields(operation: Operation, writer: SchemaWriter): Field[] {
  const { gvk, action, description, query, body } = operation;
  // ParametersItem > Parameter > NonBodyParameter > QueryParameterSubSchema
  const parameters = query.map((one) => nested(8, nested(1, nested(2, nested(3, ...parameter(one, 'query'))))));
  return [
    text(3, description),
    texts(6, ['application/json']),
    texts(7, body === 'patch' ? PATCH_TYPES : ['application/json']),
    ...parameters,
    nested(9, nested(1, text(1, '200'), nested(2, nested(1, ...response(operation, writer))))),
    extension(13, 'x-kubernetes-action', action),
    extension(13, 'x-kubernetes-group-version-kind', { group: gvk.group, version: gvk.version, kind: gvk.kind }),
  ];
}

/** The fields that PathParameterSubSchema and QueryParameterSubSchema have under different numbers are `type`'s alone. */
function parameter({ name, description, type }: QueryParameter, place: 'path' | 'query'): Field[] {
  return [
    flag(1, place === 'path'),
    text(2, place),
    text(3, description),
    text(4, name),
    text(place === 'path' ? 5 : 6, type),
  ];
}

function response({ answer, gvk }: Operation, writer: SchemaWriter): Field[] {
  const ref = answer === 'status' ? undefined : writer.refTo(definitionId(gvk, answer === 'list') ?? '');
  return [text(1, 'OK'), ...(ref ? [nested(2, nested(1, ...schemaFields(ref)))] : [])];
}

function namedSchema(number: number, name: string, schema: Json): Field {
  return nested(number, text(1, name), nested(2, ...schemaFields(schema)));
}

/** @param schema as SchemaWriter makes it for version 2. */
function schemaFields(schema: Json): Field[] {
  const { properties, items, additionalProperties, type, required, ...rest } = schema as {
    properties?: Record<string, Json>;
    items?: Json;
    additionalProperties?: Json;
    type?: string;
    required?: string[];
  } & Json;
  const string = (name: string) => (typeof rest[name] === 'string' ? rest[name] : undefined);
  return [
    text(1, string('$ref')),
    text(2, string('format')),
    text(4, string('description')),
    ...(rest.default === undefined ? [] : [anyValue(5, rest.default)]),
    texts(19, required ?? []),
    ...(Array.isArray(rest.enum) ? rest.enum.map((value) => anyValue(20, value)) : []),
    ...(additionalProperties ? [nested(21, nested(1, ...schemaFields(additionalProperties)))] : []),
    ...(type ? [nested(22, text(1, type))] : []),
    ...(items ? [nested(23, nested(1, ...schemaFields(items)))] : []),
    ...(properties
      ? [nested(25, ...Object.entries(properties).map(([name, property]) => namedSchema(1, name, property)))]
      : []),
    ...Object.entries(rest)
      .filter(([name]) => name.startsWith('x-'))
      .map(([name, value]) => extension(31, name, value)),
  ];
}

/** NamedAny: a vendor extension. */
function extension(number: number, name: string, value: unknown): Field {
  return nested(number, text(1, name), anyValue(2, value));
}

/** Any: its value as YAML, of which JSON is a part. */
function anyValue(number: number, value: unknown): Field {
  return nested(number, text(2, JSON.stringify(value)));
}
