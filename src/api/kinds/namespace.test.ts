import assert from 'node:assert/strict';
import type { Namespace } from '../types.ts';
import { NAMESPACE } from './namespace.ts';

const { strategy } = NAMESPACE;

function aNamespace(part: Partial<Namespace> = {}): Namespace {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' }, ...part };
}

describe('a Namespace', () => {
  it('starts Active, held by its finalizer, and carries its name as a label', () => {
    const namespace = aNamespace({ status: { phase: 'Terminating' }, spec: { finalizers: ['example.com/x'] } });
    strategy.setDefaults?.(namespace);
    strategy.prepareForCreate?.(namespace);
    assert.deepEqual(namespace.status, { phase: 'Active' });
    assert.deepEqual(namespace.spec, { finalizers: ['example.com/x', 'kubernetes'] });
    assert.deepEqual(namespace.metadata.labels, { 'kubernetes.io/metadata.name': 'team' });
  });

  it('puts the label back, and keeps the finalizers that only /finalize changes', () => {
    const old = aNamespace({ spec: { finalizers: ['kubernetes'] } });
    const namespace = aNamespace({ metadata: { name: 'team', labels: { a: 'b' } }, spec: { finalizers: [] } });
    strategy.setDefaults?.(namespace);
    strategy.prepareForUpdate?.(namespace, old);
    assert.deepEqual(namespace.metadata.labels, { a: 'b', 'kubernetes.io/metadata.name': 'team' });
    assert.deepEqual(namespace.spec, { finalizers: ['kubernetes'] });
  });

  it('is named by a label, not by a domain', () => {
    assert.deepEqual(strategy.validateName?.('a.b'), ['must not contain dots']);
  });

  it('wants finalizers to be known or qualified', () => {
    const found = strategy.validate(aNamespace({ spec: { finalizers: ['kubernetes', 'mine'] } }));
    assert.deepEqual(
      found.map(({ field, message }) => `${field}: ${message}`),
      ['spec.finalizers: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified'],
    );
  });

  const deleted = { name: 'team', deletionTimestamp: '2026-01-01T00:00:00Z' };
  const cases: [namespace: Namespace, causes: string[]][] = [
    [aNamespace({ status: { phase: 'Active' } }), []],
    [aNamespace({ metadata: deleted, status: { phase: 'Terminating' } }), []],
    [
      aNamespace({ status: { phase: 'Terminating' } }),
      [`status.Phase: Invalid value: "Terminating": may only be 'Active' if \`deletionTimestamp\` is empty`],
    ],
    [
      aNamespace({ metadata: deleted, status: { phase: 'Active' } }),
      [`status.Phase: Invalid value: "Active": may only be 'Terminating' if \`deletionTimestamp\` is not empty`],
    ],
  ];
  for (const [namespace, causes] of cases) {
    it(`${causes.length > 0 ? 'is not' : 'is'} ${namespace.status?.phase} ${namespace.metadata.deletionTimestamp ? 'while' : 'before'} it is deleted`, () => {
      const found = strategy.validateStatusUpdate?.(namespace, namespace) ?? [];
      assert.deepEqual(
        found.map(({ field, message }) => `${field}: ${message}`),
        causes,
      );
    });
  }
});
