import assert from 'node:assert/strict';
import { ApiError } from '../../api/meta/errors.ts';
import { RuntimeError } from '../runtime/runtime.ts';
import { exitStatus, failureStatus } from './statuses.ts';

describe('the status at the end of a stream', () => {
  it('is success for exit code 0', () => {
    assert.deepEqual(exitStatus(0), { metadata: {}, status: 'Success' });
  });

  it('tells another exit code where kubectl looks for it', () => {
    assert.deepEqual(exitStatus(3), {
      metadata: {},
      status: 'Failure',
      message: 'command terminated with non-zero exit code: exit status 3',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '3' }] },
    });
  });

  const failures: [Error, string, string][] = [
    [new ApiError('InternalError', 'container not found ("a")'), 'InternalError', 'container not found ("a")'],
    [new RuntimeError('Unavailable', 'Docker is away'), 'ServiceUnavailable', 'Docker is away'],
    [new RuntimeError('Internal', 'Docker is confused'), 'InternalError', 'Docker is confused'],
    [new TypeError('x is undefined'), 'InternalError', 'internal error of the node agent'],
  ];
  for (const [error, reason, message] of failures) {
    it(`tells what went wrong, but no bug's detail: ${error.message}`, () => {
      const status = failureStatus(error);
      assert.deepEqual([status.status, status.reason, status.message], ['Failure', reason, message]);
    });
  }
});
