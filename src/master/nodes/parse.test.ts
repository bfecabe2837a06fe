import assert from 'node:assert/strict';
import { ApiError } from '../../api/meta/errors.ts';
import { parseNode, parsePodStatus } from './parse.ts';

const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const isRefusal = (pattern: RegExp) => (err: unknown) =>
  err instanceof ApiError && err.reason === 'BadRequest' && pattern.test(err.message);

describe('what an agent says of its node', () => {
  const nodeOf = (status: unknown) => bytes({ metadata: { name: 'pi' }, status });

  it('is a Node, its quantities in their canonical form and without what is not known', () => {
    const node = parseNode(nodeOf({ capacity: { cpu: '4000m', memory: '1024Ki' }, future: 1 }));
    assert.deepEqual(node, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'pi' },
      status: { capacity: { cpu: '4', memory: '1Mi' } },
    });
  });

  const wrong: [what: string, said: Uint8Array, message: RegExp][] = [
    ['text that is no JSON', bytes('{'), /the node is not JSON/],
    ['a list', bytes([]), /the node is not a JSON object/],
    ['an object without metadata', bytes({ status: {} }), /no metadata/],
    ['a quantity that is none', nodeOf({ allocatable: { cpu: 'abc' } }), /quantities must match/],
    ['conditions that are no list', nodeOf({ conditions: { a: 1 } }), /cannot unmarshal object .*conditions/],
    ['labels that are no text', bytes({ metadata: { labels: { a: 1 } } }), /cannot unmarshal number .*labels/],
  ];
  for (const [what, said, message] of wrong) {
    it(`is refused when it is ${what}`, () => assert.throws(() => parseNode(said), isRefusal(message)));
  }
});

describe('what an agent says of a pod', () => {
  it('is a PodStatus', () => {
    const status = { phase: 'Running', podIP: '10.42.0.2', startTime: '2026-01-01T00:00:00Z' };
    assert.deepEqual(parsePodStatus(bytes(status)), status);
  });

  it('is refused when a list is a map', () => {
    const said = bytes({ containerStatuses: { a: 1 } });
    assert.throws(() => parsePodStatus(said), isRefusal(/cannot unmarshal object .*containerStatuses/));
  });
});
