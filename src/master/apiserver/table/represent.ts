import { badRequest } from '../../../api/meta/errors.ts';
import type { Column, KindDefinition } from '../../../api/registry.ts';
import type { KubeObject, ObjectMeta } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import type { Representation } from '../http/negotiate.ts';
import { groupVersionText } from '../kind-table.ts';
import type { ObjectList } from '../verbs/list.ts';

export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** Everything that shapes an answer's body beside the objects. */
export interface View {
  readonly kind: KindDefinition;
  readonly representation: Representation;
  readonly includeObject: IncludeObject;
  readonly now: Millis;
}

interface ListMeta {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** @throws ApiError BadRequest. */
export function parseIncludeObject(text: string): IncludeObject {
  if (text === '') return 'Metadata';
  if (text === 'None' || text === 'Metadata' || text === 'Object') return text;
  throw badRequest(`unrecognized includeObject value: ${JSON.stringify(text)}`);
}

/** One object in the form that was negotiated. */
export function representObject(object: KubeObject, view: View, withColumns = true): object {
  const { as } = view.representation;
  if (as === 'Table')
    return table([object], { resourceVersion: object.metadata.resourceVersion ?? '' }, view, withColumns);
  return as === 'PartialObjectMetadata' ? partial(object, view) : object;
}

/** A list in the form that was negotiated. */
export function representList(list: ObjectList, view: View): object {
  const metadata = listMeta(list);
  const { as, version } = view.representation;
  if (as === 'Table') return table(list.items, metadata, view, true);
  if (as === 'PartialObjectMetadata') {
    const items = list.items.map((object) => partial(object, view));
    return { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${version}`, metadata, items };
  }
  const { kind } = view.kind;
  return { kind: `${kind}List`, apiVersion: groupVersionText(view.kind), metadata, items: list.items };
}

/** What a bookmark carries: nothing but where the watch stands. */
export function representBookmark(revision: number, endsInitialEvents: boolean, view: View): object {
  const annotations = endsInitialEvents ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
  const metadata = { resourceVersion: String(revision), ...annotations };
  const { as, version } = view.representation;
  const apiVersion = `meta.k8s.io/${version}`;
  const bare = { kind: view.kind.kind, apiVersion: groupVersionText(view.kind), metadata };
  if (as === 'PartialObjectMetadata') return { ...bare, kind: 'PartialObjectMetadata', apiVersion };
  if (as !== 'Table') return bare;
  const object = { kind: 'PartialObjectMetadata', apiVersion, metadata };
  const row = { cells: view.kind.columns.map(() => ''), object };
  return {
    kind: 'Table',
    apiVersion,
    metadata: { resourceVersion: String(revision) },
    columnDefinitions: null,
    rows: [row],
  };
}

function listMeta(list: ObjectList): ListMeta {
  return {
    resourceVersion: String(list.revision),
    ...(list.continue === undefined ? {} : { continue: list.continue }),
    ...(list.remaining === undefined ? {} : { remainingItemCount: list.remaining }),
  };
}

function partial(object: KubeObject, view: View): { kind: string; apiVersion: string; metadata: ObjectMeta } {
  const apiVersion = `meta.k8s.io/${view.representation.version}`;
  return { kind: 'PartialObjectMetadata', apiVersion, metadata: object.metadata };
}

/** @param withColumns false for the later events of a watch: kubectl keeps those of the first. */
function table(objects: readonly KubeObject[], metadata: ListMeta, view: View, withColumns: boolean): object {
  const { columns } = view.kind;
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${view.representation.version}`,
    metadata,
    columnDefinitions: withColumns ? columns.map(definition) : null,
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, view.now)),
      object: rowObject(object, view),
    })),
  };
}

function definition({ name, type, format = '', description, priority }: Column): object {
  return { name, type, format, description, priority };
}

function rowObject(object: KubeObject, view: View): object | null {
  if (view.includeObject === 'None') return null;
  return view.includeObject === 'Object' ? object : partial(object, view);
}
