import type { JobSpec } from '../../../src/api/types.ts';
import { shell } from '../pods/manifests.ts';

/** A Job whose pods run this script once. */
export function aJobOf(name: string, script: string, spec: Partial<JobSpec> = {}): object {
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: jobSpec(script, spec) };
}

export function jobSpec(script: string, spec: Partial<JobSpec> = {}): JobSpec {
  const pod = {
    restartPolicy: 'Never' as const,
    terminationGracePeriodSeconds: 1,
    containers: [shell('main', script)],
  };
  return { template: { spec: pod }, ...spec };
}
