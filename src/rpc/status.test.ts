import assert from 'node:assert/strict';
import { Metadata, status } from '@grpc/grpc-js';
import { ApiError, conflict, invalid } from '../api/meta/errors.ts';
import { fromServiceError, toServiceError } from './status.ts';

describe('status', () => {
  const errors = [
    conflict({ group: '', plural: 'nodes' }, 'pi-1'),
    invalid({ group: '', kind: 'Pod' }, 'p', [
      { reason: 'FieldValueRequired', message: 'Required value', field: 'spec' },
    ]),
    new ApiError('TooManyRequests', 'slow down', { retryAfterSeconds: 3 }),
    new ApiError('ServiceUnavailable', 'disk full — naïve text'),
  ];
  for (const error of errors) {
    it(`carries ${error.reason} whole`, () => {
      const back = fromServiceError(toServiceError(error));
      assert.deepEqual(back.toStatus(), error.toStatus());
    });
  }

  it('tells nobody the details of an unknown error', () => {
    const sent = toServiceError(new Error('/secret/path'));
    assert.equal(sent.code, status.INTERNAL);
    assert.equal(fromServiceError(sent).message, 'internal error');
  });

  it('uses the like-named code', () => {
    assert.equal(toServiceError(conflict({ group: '', plural: 'nodes' }, 'pi-1')).code, status.ABORTED);
    assert.equal(toServiceError(new ApiError('Expired', 'x')).code, status.OUT_OF_RANGE);
  });

  it('understands what the transport says by itself', () => {
    const raised = Object.assign(new Error('14 UNAVAILABLE: x'), {
      code: status.UNAVAILABLE,
      details: 'x',
      metadata: new Metadata(),
    });
    assert.equal(fromServiceError(raised).reason, 'ServiceUnavailable');
    assert.equal(fromServiceError(raised).message, 'x');
  });
});
