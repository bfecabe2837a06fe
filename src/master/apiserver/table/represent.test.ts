import assert from 'node:assert/strict';
import { POD } from '../../../api/kinds/pod.ts';
import type { KubeObject } from '../../../api/types.ts';
import { parseIncludeObject, representBookmark, representList, representObject, type View } from './represent.ts';

const object = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'x', resourceVersion: '5' },
  spec: { containers: [] },
} as KubeObject;

function view(
  as: 'Table' | 'PartialObjectMetadata' | undefined,
  includeObject: View['includeObject'] = 'Metadata',
): View {
  return {
    kind: POD,
    representation: { encoding: 'json', version: 'v1', ...(as ? { as } : {}) },
    includeObject,
    now: 0,
  };
}

describe('representations', () => {
  const list = { items: [object], revision: 9, continue: 'c', remaining: 3 };
  const metadata = { resourceVersion: '9', continue: 'c', remainingItemCount: 3 };

  it('of a list: itself, metadata alone, a Table', () => {
    assert.deepEqual(representList(list, view(undefined)), {
      kind: 'PodList',
      apiVersion: 'v1',
      metadata,
      items: [object],
    });
    const partial = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
    assert.deepEqual(representList(list, view('PartialObjectMetadata')), {
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
      items: [partial],
    });
    assert.partialDeepStrictEqual(representList(list, view('Table')), {
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
      rows: [{ object: partial }],
    });
  });

  it('have as many cells as columns', () => {
    const { columnDefinitions, rows } = representObject(object, view('Table')) as {
      columnDefinitions: object[];
      rows: { cells: unknown[] }[];
    };
    assert.equal(rows[0]?.cells.length, columnDefinitions.length);
  });

  it('hold as much of the object as was asked', () => {
    assert.partialDeepStrictEqual(representObject(object, view('Table', 'Object')), { rows: [{ object }] });
    assert.partialDeepStrictEqual(representObject(object, view('Table', 'None')), { rows: [{ object: null }] });
    assert.throws(() => parseIncludeObject('All'), /unrecognized includeObject value/);
  });

  it('leave out columns that a watcher has', () => {
    assert.partialDeepStrictEqual(representObject(object, view('Table'), false), { columnDefinitions: null });
  });

  it('of a bookmark carry the version only', () => {
    assert.deepEqual(representBookmark(7, false, view(undefined)), {
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: { resourceVersion: '7' },
    });
    assert.partialDeepStrictEqual(representBookmark(7, true, view(undefined)), {
      metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } },
    });
    assert.partialDeepStrictEqual(representBookmark(7, false, view('Table')), {
      kind: 'Table',
      metadata: { resourceVersion: '7' },
    });
  });
});
