import assert from 'node:assert/strict';
import type { ContainerInspectInfo } from 'dockerode';
import { observeContainer } from './docker-observe.ts';

const NEVER = '0001-01-01T00:00:00Z';

function inspected(
  state: Partial<ContainerInspectInfo['State']>,
  labels: Record<string, string> = {},
): ContainerInspectInfo {
  const info = {
    Id: 'abc',
    Created: '2026-01-01T00:00:00.5Z',
    Image: 'sha256:1',
    Config: { Image: 'sha256:1', Labels: { 'io.bramble.image': 'nginx', ...labels } },
    NetworkSettings: { Networks: { bramble: { IPAddress: '10.42.1.7' } } },
    State: {
      Status: 'running',
      Running: true,
      ExitCode: 0,
      Error: '',
      OOMKilled: false,
      Pid: 7,
      StartedAt: '2026-01-01T00:00:01Z',
      FinishedAt: NEVER,
      ...state,
    },
  };
  return info as unknown as ContainerInspectInfo;
}

const CREATED = { Status: 'created', Running: false, Pid: 0, StartedAt: NEVER };

describe('what is seen of a container', () => {
  it('has times only for what has happened', () => {
    const created = observeContainer(inspected(CREATED));
    assert.deepEqual([created.state, created.startedAt, created.finishedAt], ['created', undefined, undefined]);
    const running = observeContainer(inspected({}));
    assert.deepEqual(
      [running.state, running.startedAt, running.finishedAt],
      ['running', Date.UTC(2026, 0, 1, 0, 0, 1), undefined],
    );
    const exited = observeContainer(
      inspected({ Status: 'exited', Running: false, FinishedAt: '2026-01-01T00:00:09Z', ExitCode: 3 }),
    );
    assert.deepEqual(
      [exited.state, exited.finishedAt, exited.exitCode, exited.pid],
      ['exited', Date.UTC(2026, 0, 1, 0, 0, 9), 3, 0],
    );
  });

  it('counts a failed start as ended, with Docker’s words', () => {
    const failed = observeContainer(inspected({ ...CREATED, ExitCode: 127, Error: 'no such file' }));
    assert.deepEqual([failed.state, failed.exitCode, failed.error], ['exited', 127, 'no such file']);
    assert.equal(failed.finishedAt, failed.createdAt);
  });

  for (const [status, state] of [
    ['paused', 'running'],
    ['restarting', 'running'],
    ['dead', 'exited'],
    ['removing', 'exited'],
  ] as const)
    it(`takes ${status} for ${state}`, () => {
      assert.equal(observeContainer(inspected({ Status: status })).state, state);
    });

  it('shows an address for running sandboxes alone', () => {
    const sandbox = { 'io.kubernetes.docker.type': 'podsandbox' };
    assert.equal(observeContainer(inspected({}, sandbox)).ip, '10.42.1.7');
    assert.equal(observeContainer(inspected(CREATED, sandbox)).ip, '');
    assert.equal(observeContainer(inspected({})).ip, '');
  });

  it('names the image as the spec wrote it', () => {
    assert.equal(observeContainer(inspected({})).image, 'nginx');
  });
});
