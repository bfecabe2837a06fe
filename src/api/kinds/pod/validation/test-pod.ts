import type { StatusCause } from '../../../meta/errors.ts';
import type { Container, Pod, PodSpec, Volume } from '../../../types.ts';
import { setPodDefaults } from '../defaults.ts';
import { validatePod } from './pod.ts';

/** For the tables of this folder: a right pod, what is wrong with it once changed, and both in one line of text each. */

export function podOf(spec: Partial<PodSpec>, metadata: Partial<Pod['metadata']> = {}): Pod {
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', ...metadata },
    spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
  };
  setPodDefaults(pod);
  return pod;
}

export function textOf(causes: readonly StatusCause[]): string[] {
  return causes.map(({ field, message }) => `${field}: ${message}`);
}

export function wrongInSpec(spec: Partial<PodSpec>): string[] {
  return textOf(validatePod(podOf(spec)));
}

export function wrongInContainer(container: Partial<Container>, spec: Partial<PodSpec> = {}): string[] {
  return wrongInSpec({ ...spec, containers: [{ name: 'c', image: 'nginx', ...container }] });
}

export function wrongInVolume(volume: Partial<Volume>): string[] {
  return wrongInSpec({ volumes: [{ name: 'v', ...volume }] });
}
