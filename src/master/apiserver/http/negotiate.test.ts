import assert from 'node:assert/strict';
import { ApiError } from '../../../api/meta/errors.ts';
import { negotiate } from './negotiate.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

describe('negotiate', () => {
  const cases: [string | undefined, string][] = [
    [undefined, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    ['application/json, */*', 'json'],
    [`${TABLE},application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json`, 'json Table v1'],
    ['application/json;as=Table;v=v1beta1;g=meta.k8s.io', 'json Table v1beta1'],
    [`${TABLE.replace('v=v1', 'v=v9')},application/json`, 'json'],
    ['application/vnd.kubernetes.protobuf,application/json', 'json'],
    ['application/vnd.kubernetes.protobuf', 'json'],
    [
      'application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json',
      'json PartialObjectMetadata v1',
    ],
    ['application/yaml', 'yaml'],
    ['application/json;q=0.1, application/yaml;q=0.9', 'yaml'],
    [`application/yaml;q=0,${TABLE}`, 'json Table v1'],
  ];
  for (const [accept, expected] of cases) {
    it(`answers ${accept} with ${expected}`, () => {
      const { encoding, as, version } = negotiate(accept);
      assert.equal(as ? `${encoding} ${as} ${version}` : encoding, expected);
    });
  }

  for (const accept of ['text/html', TABLE.replace('v=v1', 'v=v2'), 'application/json;q=0']) {
    it(`refuses ${accept}`, () => {
      assert.throws(
        () => negotiate(accept),
        (error) => error instanceof ApiError && error.code === 406,
      );
    });
  }

  it('makes no table of what has no metadata', () => {
    const plain = { transforms: false };
    assert.equal(negotiate(`${TABLE},application/json`, plain).as, undefined);
    assert.throws(
      () => negotiate(TABLE, plain),
      (error) => error instanceof ApiError && error.code === 406,
    );
  });
});
