import type { StatusCause } from '../meta/errors.ts';
import { immutable, invalidEach, required } from '../meta/field-errors.ts';
import { checkNonNegative } from '../meta/validation.ts';
import type { KindDefinition } from '../registry.ts';
import type { ControllerRevision } from '../types.ts';
import { AGE, NAME } from './columns.ts';
import { isSame } from './pod/validation/difference.ts';
import { text } from './workload/columns.ts';

export const CONTROLLER_REVISION: KindDefinition<ControllerRevision> = {
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  singular: 'controllerrevision',
  namespaced: true,
  hasStatus: false,
  hasGeneration: false,
  columns: [
    NAME,
    text('Controller', 'What it is a revision of.', controllerCell),
    text('Revision', 'Its place in the history.', ({ revision }) => revision),
    AGE,
  ],
  strategy: {
    setDefaults(revision) {
      // Absent is what Kubernetes decodes to zero.
      revision.revision ??= 0;
    },
    validate,
    validateUpdate: ({ data }, { data: old }) => (isSame(data, old) ? [] : [immutable('data', data)]),
  },
};

/** Source: apps/validation, ValidateControllerRevision. */
function validate({ data, revision }: ControllerRevision): StatusCause[] {
  return [
    ...(data ? [] : [required('data', 'data is mandatory')]),
    ...invalidEach('revision', revision, checkNonNegative(revision)),
  ];
}

/** `daemonset.apps/web` */
function controllerCell({ metadata }: ControllerRevision): string {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  if (!owner) return '<none>';
  const [group, version] = owner.apiVersion.split('/');
  return `${owner.kind.toLowerCase()}${version ? `.${group}` : ''}/${owner.name}`;
}
