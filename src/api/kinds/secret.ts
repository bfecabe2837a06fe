import type { StatusCause } from '../meta/errors.ts';
import { immutable, invalid, required, tooLong } from '../meta/field-errors.ts';
import type { KindDefinition } from '../registry.ts';
import type { Secret } from '../types.ts';
import { AGE, NAME } from './columns.ts';
import { binaryBytes, type KeyedData, MAX_DATA_BYTES, validateImmutable, validateKeys } from './keyed-data.ts';

const ACCOUNT_NAME = 'kubernetes.io/service-account.name';

export const SECRET: KindDefinition<Secret> = {
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  singular: 'secret',
  namespaced: true,
  hasStatus: false,
  hasGeneration: false,
  selectableFields: ({ type = '' }) => ({ type }),
  columns: [
    NAME,
    {
      name: 'Type',
      type: 'string',
      description: 'What the data is for; decides which keys have to be there.',
      priority: 0,
      cell: ({ type }) => type ?? '',
    },
    {
      name: 'Data',
      type: 'string',
      description: 'Number of keys.',
      priority: 0,
      cell: ({ data = {} }) => Object.keys(data).length,
    },
    AGE,
  ],
  strategy: {
    setDefaults(secret) {
      secret.type ||= 'Opaque';
      foldStringData(secret);
    },
    validate,
    validateUpdate: (secret, old) => [
      ...(secret.type === old.type ? [] : [immutable('type', secret.type)]),
      ...validateImmutable(secret, old, ['data']),
    ],
  },
};

/** `stringData` is for writing only: it wins over `data`, and is never stored. */
function foldStringData(secret: Secret): void {
  const { stringData } = secret;
  delete secret.stringData;
  if (!stringData) return;
  const encoded = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(text).toString('base64')] as const);
  secret.data = { ...secret.data, ...Object.fromEntries(encoded) };
}

function validate(secret: Secret): StatusCause[] {
  const { data = {} } = secret;
  return [
    ...validateKeys(data, 'data'),
    ...(binaryBytes(data) > MAX_DATA_BYTES ? [tooLong('data', MAX_DATA_BYTES)] : []),
    ...validateType(secret, data),
  ];
}

function validateType({ type, metadata }: Secret, data: KeyedData): StatusCause[] {
  const has = (key: string): boolean => Object.hasOwn(data, key);
  switch (type) {
    case 'kubernetes.io/service-account-token':
      return metadata.annotations?.[ACCOUNT_NAME] ? [] : [required(`metadata.annotations[${ACCOUNT_NAME}]`)];
    case 'kubernetes.io/dockercfg':
      return validateJson(data, '.dockercfg');
    case 'kubernetes.io/dockerconfigjson':
      return validateJson(data, '.dockerconfigjson');
    case 'kubernetes.io/basic-auth':
      // One of them is enough, and may be empty.
      return has('username') || has('password') ? [] : [required('data[username]'), required('data[password]')];
    case 'kubernetes.io/ssh-auth':
      return data['ssh-privatekey'] ? [] : [required('data[ssh-privatekey]')];
    case 'kubernetes.io/tls':
      return ['tls.crt', 'tls.key'].filter((key) => !has(key)).map((key) => required(`data[${key}]`));
    default:
      return [];
  }
}

function validateJson(data: KeyedData, key: string): StatusCause[] {
  const path = `data[${key}]`;
  const encoded = data[key];
  if (encoded === undefined) return [required(path)];
  try {
    const value: unknown = JSON.parse(Buffer.from(encoded, 'base64').toString());
    if (typeof value === 'object' && !Array.isArray(value)) return [];
  } catch {
    // The parser's message quotes the text, which is a secret.
  }
  return [invalid(path, '<secret contents redacted>', 'must be a JSON object')];
}
