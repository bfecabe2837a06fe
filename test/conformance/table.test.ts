import assert from 'node:assert/strict';
import { isRefusal } from './lib/collection.ts';
import { conformance } from './lib/conformance.ts';

conformance(
  '[sig-api-machinery] Servers with support for Table transformation should return a 406 for a backend which does not implement metadata [Conformance]',
  async (context) => {
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { namespace: 'default', verb: 'get', resource: 'pods' } },
    };
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    // A review is answered as itself, but it has no metadata that a table could show.
    const review = await context.send<{ kind: string }>('POST', path, { body });
    assert.equal(review.kind, 'SelfSubjectAccessReview');
    await assert.rejects(
      context.send('POST', path, { body, accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }),
      (error) => isRefusal(error, 406) && error.reason === 'NotAcceptable',
    );
  },
);
