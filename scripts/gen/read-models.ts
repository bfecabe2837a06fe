import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commentText, type ModelField, type ModelType, TypeReader } from './type-text.ts';

/** One published definition, names resolved: `type` refs hold definition ids. */
export interface Model {
  /** `io.k8s.api.core.v1.Pod`: what OpenAPI calls it. */
  readonly id: string;
  readonly description: string;
  /** Absent where the definition is a scalar under a name (Quantity, Time, ...). */
  readonly fields?: readonly ModelField[];
  /** Set on what can be posted or listed. */
  readonly gvk?: { readonly group: string; readonly version: string; readonly kind: string };
}

/** Package path of the groups whose definitions are not `io.k8s.api.<first word of the group>`. */
const PREFIXES: Readonly<Record<string, string>> = {
  '': 'io.k8s.api.core',
  'apiextensions.k8s.io': 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions',
  'apiregistration.k8s.io': 'io.k8s.kube-aggregator.pkg.apis.apiregistration',
};

/**
 * Reads every definition of the stable versions (v1, v2) out of the declaration files of `kubernetes-models`.
 * @param nodeModules the folder they are installed in.
 * @throws Error when the files look otherwise than this reader knows.
 */
export function readModels(nodeModules: string): Model[] {
  const files = [
    ...groupFiles(join(nodeModules, 'kubernetes-models')),
    ...machineryFiles(join(nodeModules, '@kubernetes-models/apimachinery')),
  ];
  const parsed = files.map(({ path, prefix }) => parseFile(readFileSync(path, 'utf8'), prefix));
  const ids = new Map(parsed.flatMap((file) => file.names.map((name) => [name, file.model.id] as const)));
  return parsed.map(({ model, own }) => resolveModel(model, (name) => (name === own ? model.id : ids.get(name))));
}

interface File {
  readonly path: string;
  readonly prefix: string;
}

function groupFiles(root: string): File[] {
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.flatMap(({ name }) => {
    if (name === 'v1') return folderFiles(join(root, 'v1'), 'io.k8s.api.core.v1');
    const versions = readdirSync(join(root, name)).filter((version) => /^v\d+$/.test(version));
    const prefix = PREFIXES[name] ?? `io.k8s.api.${name.split('.')[0]}`;
    return versions.flatMap((version) => folderFiles(join(root, name, version), `${prefix}.${version}`));
  });
}

function machineryFiles(root: string): File[] {
  const folders = ['api/resource', 'apis/meta/v1', 'runtime', 'util/intstr', 'version'];
  return folders.flatMap((folder) =>
    folderFiles(join(root, folder), `io.k8s.apimachinery.pkg.${folder.replaceAll('/', '.')}`),
  );
}

function folderFiles(folder: string, prefix: string): File[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.d.ts') && name !== 'index.d.ts')
    .map((name) => ({ path: join(folder, name), prefix }));
}

/** @returns the model, the name it uses for itself, and the names other files know it by. */
function parseFile(text: string, prefix: string): { model: Model; own: string; names: string[] } {
  const start = /^export (?:interface|type) I(\w+)/m.exec(text);
  const kind = start?.[1];
  if (!start || !kind) throw new Error(`no definition in a file of ${prefix}`);
  const names = [...text.matchAll(/^export type \{ (\w+) as (\w+)/gm)].map((match) => match[2] ?? '');
  const before = text.slice(0, start.index);
  const comment = before.slice(before.lastIndexOf('/**'));
  const description = comment.trimEnd().endsWith('*/') ? commentText(comment.trimEnd()) : '';
  const id = `${prefix}.${kind}`;
  const own = `I${kind}`;
  if (start[0].startsWith('export type')) return { model: { id, description }, own, names };
  const fields = new TypeReader(text, text.indexOf('{', start.index)).fields();
  return { model: { id, description, fields: fields.map(plainTypeField), ...gvkOf(fields) }, own, names };
}

/** `apiVersion` and `kind` of an object are literals in the declarations; on the wire they are any string, and optional. */
function plainTypeField(field: ModelField): ModelField {
  const isTypeMeta = (field.name === 'apiVersion' || field.name === 'kind') && field.type.is === 'enum';
  return isTypeMeta && field.required
    ? { ...field, type: { is: 'string' }, required: false, description: TYPE_META[field.name] ?? '' }
    : field;
}

const TYPE_META: Readonly<Record<string, string>> = {
  apiVersion:
    'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources',
  kind: 'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
};

function gvkOf(fields: readonly ModelField[]): Pick<Model, 'gvk'> {
  const literal = (name: string) => {
    const type = fields.find((field) => field.name === name && field.required)?.type;
    return type?.is === 'enum' ? type.values[0] : undefined;
  };
  const apiVersion = literal('apiVersion');
  const kind = literal('kind');
  if (!apiVersion || !kind) return {};
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return { gvk: { group: group ?? '', version: version ?? '', kind } };
}

function resolveModel(model: Model, idOf: (name: string) => string | undefined): Model {
  const resolve = (type: ModelType): ModelType => {
    if (type.is === 'array') return { is: 'array', items: resolve(type.items) };
    if (type.is === 'map') return { is: 'map', values: resolve(type.values) };
    if (type.is === 'object') return resolve(inlineRef(type.fields));
    if (type.is !== 'ref' || type.name.includes('.')) return type;
    const name = idOf(type.name);
    if (!name) throw new Error(`${model.id} uses ${type.name}, which no file defines`);
    return { is: 'ref', name };
  };
  return model.fields
    ? { ...model, fields: model.fields.map((field) => ({ ...field, type: resolve(field.type) })) }
    : model;
}

/** An object written out in place is a kind of the same package (StatefulSetSpec.volumeClaimTemplates): `IIo...FooSpec` tells which. */
function inlineRef(fields: readonly ModelField[]): ModelType {
  const spec = fields.find((field) => field.name === 'spec')?.type;
  if (spec?.is !== 'ref' || !spec.name.endsWith('Spec')) throw new Error('an object in place that has no spec');
  return { is: 'ref', name: spec.name.slice(0, -'Spec'.length) };
}
