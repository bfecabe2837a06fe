import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createPatch } from 'rfc6902';
import { ApiError } from '../meta/errors.ts';
import type { KubeObject } from '../types.ts';
import { applyPatch } from './apply.ts';
import { mergePatch } from './merge-patch.ts';

const CONFIG_MAP = { group: '', version: 'v1', kind: 'ConfigMap' };
const JSON_PATCH = 'application/json-patch+json';

const LIVE = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', finalizers: ['x/1', 'x/2'] },
  data: { a: '1', 'b/c': '2' },
} satisfies KubeObject & { data: unknown };

function patched(type: string, patch: unknown, live: KubeObject = LIVE): unknown {
  const before = structuredClone(live);
  const result = applyPatch(type, live, Buffer.from(JSON.stringify(patch)), CONFIG_MAP);
  assert.deepEqual(live, before);
  return result;
}

function refusal(read: () => unknown): ApiError {
  try {
    read();
  } catch (err) {
    assert(err instanceof ApiError, String(err));
    return err;
  }
  return assert.fail('nothing was thrown');
}

describe('a JSON patch', () => {
  it('does all six operations', () => {
    const result = patched(JSON_PATCH, [
      { op: 'test', path: '/data/a', value: '1' },
      { op: 'replace', path: '/data/a', value: '3' },
      { op: 'add', path: '/metadata/finalizers/-', value: 'x/3' },
      { op: 'copy', from: '/data/a', path: '/data/d' },
      { op: 'move', from: '/data/b~1c', path: '/data/e' },
      { op: 'remove', path: '/metadata/finalizers/0' },
    ]);
    assert.deepEqual(result, {
      ...LIVE,
      metadata: { name: 'a', finalizers: ['x/2', 'x/3'] },
      data: { a: '3', d: '3', e: '2' },
    });
  });

  const failing: readonly (readonly [string, unknown])[] = [
    ['remove of what is not there', { op: 'remove', path: '/data/z' }],
    ['replace of what is not there', { op: 'replace', path: '/data/z', value: 1 }],
    ['add into what is not there', { op: 'add', path: '/status/x', value: 1 }],
    ['a test that fails', { op: 'test', path: '/data/a', value: '2' }],
    ['a walk through a text', { op: 'add', path: '/data/a/b/c', value: '2' }],
    ['a move from nowhere', { op: 'move', from: '/data/z', path: '/data/y' }],
  ];
  for (const [what, operation] of failing) {
    it(`answers 422 to ${what}`, () => {
      const error = refusal(() => patched(JSON_PATCH, [operation]));
      assert.equal(error.code, 422);
      assert.equal(error.message, 'the server rejected our request due to an error in our request');
    });
  }

  const malformed: readonly unknown[] = [
    {},
    [1],
    [{ op: 'explode', path: '/a' }],
    [{ op: 'add', path: '/a' }],
    [{ op: 'remove' }],
    [{ op: 'remove', path: 'a' }],
    [{ op: 'copy', path: '/a', from: 'b' }],
  ];
  for (const patch of malformed) {
    it(`answers 400 to ${JSON.stringify(patch)}`, () => {
      assert.equal(refusal(() => patched(JSON_PATCH, patch)).code, 400);
    });
  }

  it('refuses more than ten thousand operations, and copies that grow without end', () => {
    const tests = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/data/a', value: '1' }));
    assert.equal(refusal(() => patched(JSON_PATCH, tests)).code, 413);
    const copies = Array.from({ length: 100 }, (_, i) => ({ op: 'copy', from: '/data', path: `/data/n${i}` }));
    assert.equal(refusal(() => patched(JSON_PATCH, copies)).code, 413);
  });

  it('leads from any object to any other', () => {
    const data = fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { noNullPrototype: true });
    fc.assert(
      fc.property(data, data, (from, to) => {
        const names = Object.keys({ ...from, ...to });
        // Words that the library passes over to guard prototypes.
        fc.pre(!names.some((name) => ['__proto__', 'constructor', 'prototype'].includes(name)));
        const live = { ...LIVE, data: from };
        assert.deepEqual(patched(JSON_PATCH, createPatch(live, { ...LIVE, data: to }), live), { ...LIVE, data: to });
      }),
    );
  });
});

describe('a merge patch', () => {
  it('does what the examples of RFC 7386 show', () => {
    const examples: readonly (readonly [unknown, unknown, unknown])[] = [
      [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
      [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
      [{ a: 'b' }, { a: null }, {}],
      [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
      [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
      [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
      [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
      [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
      [
        ['a', 'b'],
        ['c', 'd'],
        ['c', 'd'],
      ],
      [{ a: 'b' }, ['c'], ['c']],
      [{ a: 'foo' }, null, null],
      [{ a: 'foo' }, 'bar', 'bar'],
      [{ e: null }, { a: 1 }, { e: null, a: 1 }],
      [[1, 2], { a: 'b', c: null }, { a: 'b' }],
      [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    ];
    for (const [target, patch, want] of examples) assert.deepEqual(mergePatch(target, patch), want);
  });

  it('is applied by its media type, whatever its parameters', () => {
    const result = patched('application/merge-patch+json; charset=utf-8', {
      data: { a: null },
      metadata: { finalizers: ['y/1'] },
    });
    assert.deepEqual(result, { ...LIVE, metadata: { name: 'a', finalizers: ['y/1'] }, data: { 'b/c': '2' } });
  });
});

describe('a patch body', () => {
  it('is refused with 415 for media types that are not served, with a sentence of its own for server-side apply', () => {
    const apply = refusal(() => patched('application/apply-patch+yaml', {}));
    assert.equal(apply.code, 415);
    assert.match(apply.message, /server-side apply is not served yet/);
    assert.match(
      refusal(() => patched('application/json', {})).message,
      /accepted media types include: application\/json-patch\+json/,
    );
    const custom = { group: 'example.com', version: 'v1', kind: 'Thing' };
    const strategic = () => applyPatch('application/strategic-merge-patch+json', LIVE, Buffer.from('{}'), custom);
    assert.equal(refusal(strategic).code, 415);
  });

  it('is refused with 400 when it is no JSON, or no object where one is due', () => {
    const body = Buffer.from('{"a"');
    const broken = refusal(() => applyPatch('application/merge-patch+json', LIVE, body, CONFIG_MAP));
    assert.equal(broken.message, 'error decoding patch: unexpected end of JSON input');
    for (const type of ['application/merge-patch+json', 'application/strategic-merge-patch+json']) {
      assert.equal(refusal(() => patched(type, [])).code, 400);
    }
  });

  it('keeps a member called __proto__ a member', () => {
    const body = Buffer.from('{"data":{"__proto__":"x"}}');
    for (const type of ['application/merge-patch+json', 'application/strategic-merge-patch+json']) {
      const result = applyPatch(type, LIVE, body, CONFIG_MAP) as { data: object };
      assert.deepEqual(Object.keys(result.data), ['a', 'b/c', '__proto__']);
    }
  });
});
