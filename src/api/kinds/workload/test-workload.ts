import type { KindDefinition } from '../../registry.ts';
import type { KubeObject, PodTemplateSpec } from '../../types.ts';

/** For the tables of the workloads: a right one, what is wrong with it once changed, and both in one line of text each. */

export function aTemplate(labels: Record<string, string> = { app: 'web' }): PodTemplateSpec {
  return { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
}

/** With its defaults. @param spec laid over a selector and a template that match. */
export function aWorkload<T extends KubeObject>(kind: KindDefinition<T>, spec: object = {}): T {
  const apiVersion = kind.group ? `${kind.group}/${kind.version}` : kind.version;
  const base = { selector: { matchLabels: { app: 'web' } }, template: aTemplate() };
  const metadata = { name: 'web', namespace: 'default' };
  // Rows hold wrong values on purpose, as clients may send them.
  const object = { apiVersion, kind: kind.kind, metadata, spec: { ...base, ...spec } } as unknown as T;
  kind.strategy.setDefaults?.(object);
  return object;
}

export function wrongIn<T extends KubeObject>(kind: KindDefinition<T>, spec: object): string[] {
  return kind.strategy.validate(aWorkload(kind, spec)).map(({ field, message }) => `${field}: ${message}`);
}

export function wrongInUpdate<T extends KubeObject>(kind: KindDefinition<T>, spec: object, old: object = {}): string[] {
  const causes = kind.strategy.validateUpdate?.(aWorkload(kind, spec), aWorkload(kind, old)) ?? [];
  return causes.map(({ field, message }) => `${field}: ${message}`);
}

export function wrongInStatus<T extends KubeObject>(
  kind: KindDefinition<T>,
  status: object,
  old: object = {},
): string[] {
  const causes = kind.strategy.validateStatusUpdate?.(
    { ...aWorkload(kind), status },
    { ...aWorkload(kind), status: old },
  );
  return (causes ?? []).map(({ field, message }) => `${field}: ${message}`);
}
