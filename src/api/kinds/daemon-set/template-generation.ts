import type { DaemonSet } from '../../types.ts';
import { isSame } from '../pod/validation/difference.ts';

/** What was spec.templateGeneration before v1: counts the templates, and is a label of the pods. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

/** @returns undefined where the annotation is none of the server's. */
export function templateGenerationOf({ metadata }: DaemonSet): number | undefined {
  const generation = Number(metadata.annotations?.[TEMPLATE_GENERATION] || Number.NaN);
  return Number.isSafeInteger(generation) ? generation : undefined;
}

/** Whatever the client says: one more when the template changed. */
export function nextTemplateGeneration(set: DaemonSet, old: DaemonSet): number {
  const before = templateGenerationOf(old) ?? 0;
  return isSame(set.spec.template, old.spec.template) ? before : before + 1;
}

export function setTemplateGeneration({ metadata }: DaemonSet, generation: number): void {
  metadata.annotations = { ...metadata.annotations, [TEMPLATE_GENERATION]: String(generation) };
}
