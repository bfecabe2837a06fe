import { isSame } from '../../../api/kinds/pod/validation/difference.ts';
import type { PodTemplateSpec } from '../../../api/types.ts';
import { POD_TEMPLATE_HASH } from './template-hash.ts';

/** Whether both make the same pods: the label that only names the template does not count. */
export function isSameTemplate(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return isSame(withoutHash(a), withoutHash(b));
}

function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [POD_TEMPLATE_HASH]: _hash, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}
