import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PodTemplateSpec } from '../../../api/types.ts';
import { isSameTemplate } from './template-equality.ts';
import { canonicalJson, shortHash, templateHash } from './template-hash.ts';

function template(labels: Record<string, string>, image = 'nginx'): PodTemplateSpec {
  return { metadata: { labels }, spec: { containers: [{ name: 'c', image }] } };
}

describe('templateHash', () => {
  it('is short, in letters that make no words, and the same tomorrow', () => {
    const hash = templateHash(template({ app: 'web' }));
    assert.match(hash, /^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
    assert.equal(hash, templateHash(template({ app: 'web' })));
    // FNV-1a of the JSON text, quotes and all, computed elsewhere: a change would rename every ReplicaSet.
    assert.equal(shortHash('a'), '5b7cff88c8');
  });

  it('does not look at the order of fields', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (content) => {
        const turned = Object.fromEntries(Object.entries(content).reverse());
        assert.equal(canonicalJson(turned), canonicalJson(content));
        assert.equal(shortHash(turned), shortHash(content));
      }),
    );
  });

  it('differs by content, and by how often the name was taken', () => {
    const base = template({ app: 'web' });
    const hashes = [templateHash(base), templateHash(template({ app: 'db' })), templateHash(template({}, 'redis'))];
    const retried = [1, 2, 3].map((collisionCount) => templateHash(base, collisionCount));
    assert.equal(new Set([...hashes, ...retried]).size, 6);
    assert.equal(templateHash(base, 0), templateHash(base));
  });
});

describe('isSameTemplate', () => {
  it('ignores the hash label, empty maps and absent fields', () => {
    assert.ok(isSameTemplate(template({ app: 'web', 'pod-template-hash': 'x' }), template({ app: 'web' })));
    assert.ok(isSameTemplate({ spec: { containers: [] } }, { metadata: { labels: {} }, spec: { containers: [] } }));
  });

  it('sees every other label and the spec', () => {
    assert.ok(!isSameTemplate(template({ app: 'web' }), template({ app: 'db' })));
    assert.ok(!isSameTemplate(template({}, 'nginx:1'), template({}, 'nginx:2')));
  });
});
