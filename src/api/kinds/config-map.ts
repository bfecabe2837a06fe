import type { StatusCause } from '../meta/errors.ts';
import { invalid, tooLong } from '../meta/field-errors.ts';
import type { KindDefinition } from '../registry.ts';
import type { ConfigMap } from '../types.ts';
import { AGE, NAME } from './columns.ts';
import { binaryBytes, MAX_DATA_BYTES, textBytes, validateImmutable, validateKeys } from './keyed-data.ts';

export const CONFIG_MAP: KindDefinition<ConfigMap> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  namespaced: true,
  hasStatus: false,
  hasGeneration: false,
  columns: [
    NAME,
    {
      name: 'Data',
      type: 'string',
      description: 'Number of keys.',
      priority: 0,
      cell: ({ data = {}, binaryData = {} }) => Object.keys(data).length + Object.keys(binaryData).length,
    },
    AGE,
  ],
  strategy: {
    validate,
    validateUpdate: (map, old) => validateImmutable(map, old, ['data', 'binaryData']),
  },
};

function validate({ data = {}, binaryData = {} }: ConfigMap): StatusCause[] {
  const repeated = Object.keys(data).filter((key) => Object.hasOwn(binaryData, key));
  return [
    ...validateKeys(data, 'data'),
    ...repeated.map((key) => invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')),
    ...validateKeys(binaryData, 'binaryData'),
    // The empty path prints as `[]` in Kubernetes.
    ...(textBytes(data) + binaryBytes(binaryData) > MAX_DATA_BYTES ? [tooLong('[]', MAX_DATA_BYTES)] : []),
  ];
}
