import assert from 'node:assert/strict';
import { bearerToken } from './authenticator.ts';
import { type Access, BuiltInAuthorizer, forbiddenError } from './authorizer.ts';
import { impersonate } from './impersonation.ts';
import { answerReview } from './reviews.ts';
import type { UserInfo } from './user.ts';

const MASTER: UserInfo = { name: 'root', groups: ['system:masters', 'system:authenticated'] };
const NODE: UserInfo = { name: 'system:node:a', groups: ['system:nodes', 'system:authenticated'] };
const DEV: UserInfo = { name: 'dev', groups: ['system:authenticated'] };

function access(user: UserInfo, change: Partial<Access>): Access {
  const place = { group: '', version: 'v1', resource: 'pods', subresource: '', namespace: 'default', name: '' };
  return { user, verb: 'list', isResource: true, path: '', ...place, ...change };
}

describe('bearerToken', () => {
  const cases: [string | undefined, string | undefined][] = [
    [undefined, undefined],
    ['Bearer abc', 'abc'],
    ['bearer   abc', 'abc'],
    ['Basic abc', undefined],
    ['Bearer', undefined],
  ];
  for (const [header, expected] of cases) it(`reads ${header}`, () => assert.equal(bearerToken(header), expected));
});

describe('BuiltInAuthorizer', () => {
  const review = { verb: 'create', group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' };
  const discovery = { isResource: false, verb: 'get', path: '/apis/apps' };
  const cases: [string, Access, boolean][] = [
    ['masters anything', access(MASTER, { verb: 'delete' }), true],
    ['nodes nothing', access(NODE, { verb: 'get' }), false],
    ['nodes not even reviews', access(NODE, review), false],
    ['others no pods', access(DEV, {}), false],
    ['others reviews of themselves', access(DEV, review), true],
    ['others discovery', access(DEV, discovery), true],
    ['others no other paths', access(DEV, { ...discovery, path: '/metrics' }), false],
    ['others no path that only looks like discovery', access(DEV, { ...discovery, path: '/apisx' }), false],
    ['the unauthenticated nothing', access({ name: 'x', groups: [] }, review), false],
  ];
  for (const [title, asked, expected] of cases) {
    it(`allows ${title}`, async () =>
      assert.equal((await new BuiltInAuthorizer().authorize(asked)).isAllowed, expected));
  }
});

describe('forbiddenError', () => {
  const cases: [Partial<Access>, string][] = [
    [{}, 'pods is forbidden: User "dev" cannot list resource "pods" in API group "" in the namespace "default"'],
    [
      { namespace: '' },
      'pods is forbidden: User "dev" cannot list resource "pods" in API group "" at the cluster scope',
    ],
    [
      { group: 'apps', resource: 'deployments', subresource: 'scale', name: 'd', verb: 'get' },
      'deployments.apps "d" is forbidden: User "dev" cannot get resource "deployments/scale" in API group "apps" in the namespace "default"',
    ],
    [{ isResource: false, path: '/x', verb: 'get' }, 'forbidden: User "dev" cannot get path "/x"'],
  ];
  for (const [change, expected] of cases) {
    it(`says: ${expected}`, () => {
      assert.equal(forbiddenError(access(DEV, change), { isAllowed: false, reason: '' }).message, expected);
    });
  }
});

describe('impersonate', () => {
  it('leaves those alone who do not ask', () => assert.equal(impersonate(DEV, {}), DEV));

  it('reads user, groups, uid and extras', () => {
    const headers = {
      'impersonate-user': 'jane',
      'impersonate-group': 'a, b',
      'impersonate-uid': '7',
      'impersonate-extra-acme.com%2fproject': 'x',
    };
    assert.deepEqual(impersonate(MASTER, headers), {
      name: 'jane',
      groups: ['a', 'b', 'system:authenticated'],
      uid: '7',
      extra: { 'acme.com/project': ['x'] },
    });
  });

  it('is for system:masters', () => {
    assert.throws(() => impersonate(DEV, { 'impersonate-user': 'root' }), {
      message:
        'users "root" is forbidden: User "dev" cannot impersonate resource "users" in API group "" at the cluster scope',
    });
  });

  it('needs a user', () =>
    assert.throws(() => impersonate(MASTER, { 'impersonate-group': 'a' }), /without impersonating a user/));
});

describe('answerReview', () => {
  const authorizer = new BuiltInAuthorizer();

  it('tells who one is', async () => {
    const answer = await answerReview({ kind: 'SelfSubjectReview' }, DEV, authorizer);
    assert.deepEqual(answer, {
      kind: 'SelfSubjectReview',
      status: { userInfo: { username: 'dev', groups: ['system:authenticated'] } },
    });
  });

  it('tells what one may do to resources and paths', async () => {
    const allowed = async (spec: object) =>
      JSON.stringify(await answerReview({ kind: 'SelfSubjectAccessReview', spec }, DEV, authorizer));
    assert.match(await allowed({ resourceAttributes: { verb: 'get', resource: 'pods' } }), /"allowed":false/);
    assert.match(await allowed({ nonResourceAttributes: { verb: 'get', path: '/api' } }), /"allowed":true/);
    await assert.rejects(allowed({}), /exactly one of/);
  });

  it('lists the rules', async () => {
    const review = { kind: 'SelfSubjectRulesReview', spec: { namespace: 'default' } };
    assert.match(
      JSON.stringify(await answerReview(review, MASTER, authorizer)),
      /"resourceRules":\[\{"verbs":\["\*"\]/,
    );
    await assert.rejects(
      answerReview({ kind: 'SelfSubjectRulesReview' }, MASTER, authorizer),
      /no namespace on request/,
    );
  });
});
