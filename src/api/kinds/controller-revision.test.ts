import assert from 'node:assert/strict';
import type { ControllerRevision } from '../types.ts';
import { CONTROLLER_REVISION } from './controller-revision.ts';

function aRevision(more: Partial<ControllerRevision> = {}): ControllerRevision {
  return { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: { name: 'r' }, data: {}, revision: 1, ...more };
}

const { strategy, columns } = CONTROLLER_REVISION;

describe('a ControllerRevision', () => {
  it('has data, which never changes', () => {
    const { data: _data, ...bare } = aRevision({ revision: -1 });
    assert.deepEqual(
      strategy.validate(bare).map(({ field, message }) => `${field}: ${message}`),
      ['data: Required value: data is mandatory', 'revision: Invalid value: -1: must be greater than or equal to 0'],
    );
    assert.deepEqual(strategy.validateUpdate?.(aRevision({ revision: 5 }), aRevision()), []);
    const changed = strategy.validateUpdate?.(aRevision({ data: { a: 1 } }), aRevision()) ?? [];
    assert.deepEqual(
      changed.map(({ message }) => message),
      ['Invalid value: {"a":1}: field is immutable'],
    );
  });

  it('names what it is a revision of', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'web', uid: 'u', controller: true };
    const cell = (revision: ControllerRevision) => columns.find(({ name }) => name === 'Controller')?.cell(revision, 0);
    assert.equal(cell(aRevision({ metadata: { name: 'r', ownerReferences: [owner] } })), 'daemonset.apps/web');
    assert.equal(cell(aRevision()), '<none>');
  });
});
