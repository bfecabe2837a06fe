import type { Container, Pod, PodSpec } from '../../../src/api/types.ts';

/** A container that runs a shell script in busybox; process 1 is the shell, which TERM does not end. */
export function shell(name: string, script: string, more: Partial<Container> = {}): Container {
  return { name, image: 'busybox:1', command: ['sh', '-c', script], ...more };
}

/** Waits for ever, and ends at once on TERM. */
export const IDLE = 'trap exit TERM; while :; do sleep 0.1; done';

/** A pod of one or more containers that is quickly gone when it is deleted. */
export function pod(name: string, containers: Container | Container[], more: Partial<PodSpec> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { terminationGracePeriodSeconds: 1, containers: [containers].flat(), ...more },
  };
}

/** A pod whose container `main` runs this script. */
export function script(
  name: string,
  text: string,
  more: Partial<PodSpec> = {},
  container: Partial<Container> = {},
): Pod {
  return pod(name, shell('main', text, container), more);
}

/** The same, run once. */
export function job(name: string, text: string, more: Partial<PodSpec> = {}, container: Partial<Container> = {}): Pod {
  return script(name, text, { restartPolicy: 'Never', ...more }, container);
}
