import { assertSelectable, parseFieldSelector } from '../../../api/meta/field-selector.ts';
import { parseLabelSelector } from '../../../api/meta/labels.ts';
import type { KindDefinition } from '../../../api/registry.ts';
import type { KubeObject } from '../../../api/types.ts';

/** Which objects of a kind a request is about. */
export interface Selection {
  /** Nothing is left out. */
  readonly isEverything: boolean;
  /** The one name that is asked for: what has another need not be decoded. */
  readonly name?: string;
  matches(object: KubeObject): boolean;
}

export const EVERYTHING: Selection = { isEverything: true, matches: () => true };

/**
 * @param labels text of `labelSelector`; `''` selects all. @param fields text of `fieldSelector`; likewise.
 * @throws ApiError BadRequest for a selector that cannot be read, or a field that this kind cannot be selected by.
 */
export function parseSelection(kind: KindDefinition, labels: string, fields: string): Selection {
  const labelSelector = parseLabelSelector(labels);
  const fieldSelector = parseFieldSelector(fields);
  assertSelectable(fieldSelector, selectableFieldNames(kind));
  if (labelSelector.isEmpty && fieldSelector.isEmpty) return EVERYTHING;
  const name = fieldSelector.requiredValue('metadata.name');
  return {
    isEverything: false,
    ...(name === undefined ? {} : { name }),
    matches: (object) =>
      labelSelector.matches(object.metadata.labels) &&
      (fieldSelector.isEmpty || fieldSelector.matches(fieldsOf(kind, object))),
  };
}

function fieldsOf(kind: KindDefinition, object: KubeObject): Record<string, string> {
  return {
    ...kind.selectableFields?.(object),
    'metadata.name': object.metadata.name,
    'metadata.namespace': object.metadata.namespace ?? '',
  };
}

/** A kind says its field names only together with an object's values; one with every part empty will do. */
function selectableFieldNames(kind: KindDefinition): string[] {
  const parts = { spec: {}, status: {}, involvedObject: {}, regarding: {}, source: {} };
  const blank = { apiVersion: '', kind: kind.kind, metadata: { name: '' }, ...parts };
  return Object.keys(kind.selectableFields?.(blank) ?? {});
}
