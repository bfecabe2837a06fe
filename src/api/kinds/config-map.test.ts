import assert from 'node:assert/strict';
import type { ConfigMap } from '../types.ts';
import { CONFIG_MAP } from './config-map.ts';

const { strategy } = CONFIG_MAP;

function aConfigMap(part: Partial<ConfigMap>): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'default' }, ...part };
}

describe('a ConfigMap', () => {
  const cases: [title: string, part: Partial<ConfigMap>, causes: string[]][] = [
    ['may be empty', {}, []],
    ['may hold a file', { data: { 'a.conf': 'x' }, binaryData: { b_C: 'AA==' } }, []],
    ['has no key like a parent folder', { data: { '..': '' } }, [`data[..]: Invalid value: "..": must not be '..'`]],
    [
      'has no key with a slash',
      { binaryData: { 'a/b': '' } },
      [
        `binaryData[a/b]: Invalid value: "a/b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
      ],
    ],
    [
      'has a key in one of both maps',
      { data: { a: '' }, binaryData: { a: '' } },
      ['data[a]: Invalid value: "a": duplicate of key present in binaryData'],
    ],
    ['may hold 1 MiB', { data: { a: 'x'.repeat(1024 * 1024) } }, []],
    [
      'holds no more than 1 MiB, decoded',
      { data: { a: 'x'.repeat(1024 * 1024) }, binaryData: { b: 'AA==' } },
      ['[]: Too long: may not be more than 1048576 bytes'],
    ],
  ];
  for (const [title, part, causes] of cases) {
    it(title, () => {
      const found = strategy.validate(aConfigMap(part)).map(({ field, message }) => `${field}: ${message}`);
      assert.deepEqual(found, causes);
    });
  }

  const why = 'Forbidden: field is immutable when `immutable` is set';
  const changes: [title: string, before: Partial<ConfigMap>, after: Partial<ConfigMap>, causes: string[]][] = [
    ['changes while it is not immutable', { data: { a: 'b' } }, { data: { a: 'c' }, immutable: true }, []],
    [
      'stays as it is when immutable',
      { immutable: true, data: { a: 'b' } },
      { immutable: true, data: { a: 'c' } },
      [`data: ${why}`],
    ],
    [
      'stays immutable',
      { immutable: true },
      { immutable: false, binaryData: { a: '' } },
      [`immutable: ${why}`, `binaryData: ${why}`],
    ],
    ['takes no data for empty data', { immutable: true, data: {} }, { immutable: true }, []],
  ];
  for (const [title, before, after, causes] of changes) {
    it(title, () => {
      const found = strategy.validateUpdate?.(aConfigMap(after), aConfigMap(before)) ?? [];
      assert.deepEqual(
        found.map(({ field, message }) => `${field}: ${message}`),
        causes,
      );
    });
  }
});
