import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { KindDefinition } from '../registry.ts';
import { lazy, readGenerated } from '../schema/generated.ts';
import { type GroupVersionKind, schemas } from '../schema/schema.ts';
import type { Descriptions } from '../schema/structure.ts';
import { type Path, pathsOf } from './paths.ts';

export const API_VERSION = 'v1.36.0';
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
export const STATUS_ID = `${META}.Status`;
export const PATCH_ID = `${META}.Patch`;
export const OPTIONS_ID = `${META}.DeleteOptions`;

/** Read from disk each time: documents are asked for rarely, and then kept by clients for as long as their hash holds. */
export function readDescriptions(): Descriptions {
  return JSON.parse(gunzipSync(readGenerated('descriptions.json.gz')).toString());
}

/** The definition of a kind, or of its list. @returns undefined for a kind that Kubernetes does not publish. */
export function definitionId(gvk: GroupVersionKind, isList = false): string | undefined {
  const id = schemas().ofKind(gvk)?.id;
  return id && isList ? `${id}List` : id;
}

const sourceHash = lazy(() => {
  const hash = createHash('sha256').update(API_VERSION);
  return hash.update(readGenerated('structure.json')).update(readGenerated('descriptions.json.gz')).digest();
});

/** Changes when anything that a document is made of does: the published definitions, or the kinds as they are served. */
export function hashOf(paths: readonly Path[], form: string): string {
  const hash = createHash('sha256').update(sourceHash()).update(form).update(JSON.stringify(paths));
  return hash.digest('hex').slice(0, 32).toUpperCase();
}

export function allPaths(kinds: readonly KindDefinition[]): Path[] {
  return kinds.flatMap(pathsOf);
}
