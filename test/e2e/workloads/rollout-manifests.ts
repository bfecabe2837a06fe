import type { PodSpec, PodTemplateSpec } from '../../../src/api/types.ts';
import { IDLE, shell } from '../pods/manifests.ts';

/** A StatefulSet or DaemonSet of idle pods that end at once. @param spec laid over selector and template */
export function workload(kind: 'StatefulSet' | 'DaemonSet', name: string, spec: object, pod: Partial<PodSpec> = {}) {
  const labels = { app: name };
  const template: PodTemplateSpec = {
    metadata: { labels },
    spec: { terminationGracePeriodSeconds: 1, containers: [shell('main', IDLE)], ...pod },
  };
  const metadata = { name };
  return { apiVersion: 'apps/v1', kind, metadata, spec: { selector: { matchLabels: labels }, template, ...spec } };
}
