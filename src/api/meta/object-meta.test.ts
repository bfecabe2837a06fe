import assert from 'node:assert/strict';
import type { ObjectMeta } from '../types.ts';
import type { StatusCause } from './errors.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './object-meta.ts';
import { checkDns1035Label } from './validation.ts';

const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const OWNER = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u1' };

function texts(causes: StatusCause[]): string[] {
  return causes.map(({ field, message }) => `${field}: ${message}`);
}

describe('validateObjectMeta', () => {
  const meta = (part: Partial<ObjectMeta>): ObjectMeta => ({ name: 'web', namespace: 'default', ...part });
  const cases: [title: string, meta: ObjectMeta, causes: string[]][] = [
    ['finds nothing wrong with a plain one', meta({ labels: { a: 'b' }, annotations: { 'X.com/A': '' } }), []],
    ['wants a name', meta({ name: '' }), ['metadata.name: Required value: name or generateName is required']],
    ['judges the name', meta({ name: 'Web' }), [`metadata.name: Invalid value: "Web": ${SUBDOMAIN_RULE}`]],
    ['lets generateName end in a dash', meta({ generateName: 'web-' }), []],
    [
      'judges generateName',
      meta({ generateName: 'W' }),
      [`metadata.generateName: Invalid value: "W": ${SUBDOMAIN_RULE}`],
    ],
    ['wants a namespace', meta({ namespace: undefined }), ['metadata.namespace: Required value']],
    [
      'judges the namespace',
      meta({ namespace: 'a.b' }),
      ['metadata.namespace: Invalid value: "a.b": must not contain dots'],
    ],
    [
      'wants owners to be named in full',
      meta({ ownerReferences: [{ apiVersion: '', kind: '', name: '', uid: '' }] }),
      [
        'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
        'metadata.ownerReferences.kind: Invalid value: "": must not be empty',
        'metadata.ownerReferences.name: Invalid value: "": must not be empty',
        'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
      ],
    ],
    [
      'lets no Event own anything',
      meta({ ownerReferences: [{ ...OWNER, apiVersion: 'v1', kind: 'Event' }] }),
      [
        'metadata.ownerReferences: Invalid value: {"apiVersion":"v1","kind":"Event","name":"web","uid":"u1"}: /v1, Kind=Event is disallowed from being an owner',
      ],
    ],
    [
      'lets one owner be the controller',
      meta({
        ownerReferences: [
          { ...OWNER, controller: true },
          { ...OWNER, name: 'db', controller: true },
        ],
      }),
      [
        'metadata.ownerReferences: Invalid value: [{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web","uid":"u1","controller":true},{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"db","uid":"u1","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for ReplicaSet/web and ReplicaSet/db',
      ],
    ],
    [
      'wants finalizers to be standard or qualified',
      meta({ finalizers: ['kubernetes', 'example.com/x', 'mine'] }),
      [
        'metadata.finalizers[2]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
      ],
    ],
    [
      'lets an object orphan its dependants or wait for them',
      meta({ finalizers: ['orphan', 'foregroundDeletion'] }),
      [
        'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
      ],
    ],
    [
      'limits annotations to 256 KiB in all',
      meta({ annotations: { a: 'x'.repeat(256 * 1024) } }),
      ['metadata.annotations: Too long: may not be more than 262144 bytes'],
    ],
    ['lets annotations be exactly that long', meta({ annotations: { a: 'x'.repeat(256 * 1024 - 1) } }), []],
  ];
  for (const [title, object, causes] of cases) {
    it(title, () => assert.deepEqual(texts(validateObjectMeta(object, { namespaced: true })), causes));
  }

  it('allows no namespace where a kind has none', () => {
    assert.deepEqual(texts(validateObjectMeta(meta({}), { namespaced: false })), [
      'metadata.namespace: Forbidden: not allowed on this type',
    ]);
  });

  it("takes the kind's own rule for names", () => {
    const rules = { namespaced: true, strategy: { validateName: checkDns1035Label } };
    assert.match(texts(validateObjectMeta(meta({ name: '1' }), rules)).join(), /a DNS-1035 label must consist of/);
  });
});

describe('validateObjectMetaUpdate', () => {
  const old: ObjectMeta = {
    name: 'web',
    namespace: 'default',
    uid: 'u1',
    creationTimestamp: '2026-01-01T00:00:00Z',
    generation: 2,
  };
  const cases: [title: string, change: Partial<ObjectMeta>, before: Partial<ObjectMeta>, causes: string[]][] = [
    ['lets labels change', { labels: { a: 'b' } }, {}, []],
    ['keeps the uid', { uid: 'u2' }, {}, ['metadata.uid: Invalid value: "u2": field is immutable']],
    ['keeps the name', { name: 'db' }, {}, ['metadata.name: Invalid value: "db": field is immutable']],
    [
      'keeps the time of deletion',
      { deletionTimestamp: undefined },
      { deletionTimestamp: '2026-01-01T00:00:00Z' },
      ['metadata.deletionTimestamp: Invalid value: null: field is immutable'],
    ],
    [
      'lets generation rise only',
      { generation: 1 },
      {},
      ['metadata.generation: Invalid value: 1: must not be decremented'],
    ],
    [
      'adds no finalizer to an object that is being deleted',
      { deletionTimestamp: 't', finalizers: ['a/b', 'a/a', 'a/c'] },
      { deletionTimestamp: 't', finalizers: ['a/b'] },
      [
        'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"a/a", "a/c"}',
      ],
    ],
  ];
  for (const [title, change, before, causes] of cases) {
    it(title, () => {
      assert.deepEqual(
        texts(validateObjectMetaUpdate({ ...old, ...before, ...change }, { ...old, ...before })),
        causes,
      );
    });
  }
});
