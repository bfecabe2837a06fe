import assert from 'node:assert/strict';
import type { ConfigMap, Pod, PodSpec } from '../../api/types.ts';
import { freshMemory, sourcesSeen, startFailed, volumesFailed, volumesReady } from '../pods/pod-memory.ts';
import { sourcesVersion } from './sources-version.ts';

const NOW = 1_000_000;
const what = { reason: 'CreateContainerConfigError', message: 'no', now: NOW };

function versionOf(spec: Partial<PodSpec>, labels: Record<string, string> = {}, resourceVersion?: string): string {
  const metadata = { name: 'p', namespace: 'default', labels };
  const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [], ...spec } };
  const map: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cfg', uid: 'u', resourceVersion } };
  return sourcesVersion(pod, {
    configMap: () => (resourceVersion ? map : undefined),
    secret: () => undefined,
    claim: () => undefined,
  });
}

describe('version of what a pod is made from', () => {
  const named = { volumes: [{ name: 'v', configMap: { name: 'cfg' } }] };
  const shown = { volumes: [{ name: 'v', downwardAPI: { items: [] } }] };

  it('is empty for a pod that names nothing, whatever its labels', () => assert.equal(versionOf({}, { a: 'b' }), ''));

  it('changes when an object comes, changes and goes', () => {
    const versions = [versionOf(named), versionOf(named, {}, '1'), versionOf(named, {}, '2')];
    assert.equal(new Set(versions).size, 3);
    assert.equal(versionOf(named, {}, '1'), versions[1]);
  });

  it('changes with the labels that a volume shows', () => {
    assert.notEqual(versionOf(shown, { a: 'b' }), versionOf(shown, { a: 'c' }));
    assert.equal(versionOf(named, { a: 'b' }), versionOf(named, { a: 'c' }));
  });
});

describe('a change of what a pod is made from', () => {
  it('lets what failed for it be tried at once', () => {
    const failed = startFailed(volumesFailed(sourcesSeen(freshMemory(NOW), 'one'), what), 'app', what);
    const other = startFailed(failed, 'b', { ...what, reason: 'CreateContainerError' });
    assert.equal(sourcesSeen(other, 'one'), other);
    const changed = sourcesSeen(other, 'two');
    assert.equal(changed.volumeFailure?.retryAt, NOW);
    assert.equal(changed.startFailures.get('app')?.retryAt, NOW);
    assert.ok((changed.startFailures.get('b')?.retryAt ?? 0) > NOW);
  });

  it('makes volumes stale that are set up already', () => {
    const seen = sourcesSeen(freshMemory(NOW), 'one');
    assert.equal(sourcesSeen(seen, 'two').areVolumesStale, false);
    assert.equal(sourcesSeen(volumesReady(seen), 'two').areVolumesStale, true);
  });
});
