import type { Container, PodTemplateSpec } from '../../../src/api/types.ts';
import { IDLE } from '../../e2e/pods/manifests.ts';

/** Two images of one server, to roll from one to the other. */
export const IMAGES = ['nginx:latest', 'nginx:1.11'] as const;

/** Pods of one container that serves, of this image. */
export function imageTemplate(labels: Record<string, string>, image: string): PodTemplateSpec {
  return { metadata: { labels }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'app', image }] } };
}

/** Pods of one container that does nothing, but for what is given. */
export function idleTemplate(labels: Record<string, string>, container: Partial<Container> = {}): PodTemplateSpec {
  const idle = { name: 'main', image: 'busybox:1', command: ['sh', '-c', IDLE], ...container };
  return { metadata: { labels }, spec: { terminationGracePeriodSeconds: 1, containers: [idle] } };
}
