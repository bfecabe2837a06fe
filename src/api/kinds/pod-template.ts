import { withoutRepeats } from '../meta/field-errors.ts';
import type { KindDefinition } from '../registry.ts';
import type { PodTemplate } from '../types.ts';
import { NAME } from './columns.ts';
import { containerImages, containerNames, text } from './workload/columns.ts';
import { labelsText } from './workload/selector.ts';
import { setTemplateDefaults, templateWarnings, validateTemplate } from './workload/template.ts';

export const POD_TEMPLATE: KindDefinition<PodTemplate> = {
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  singular: 'podtemplate',
  namespaced: true,
  hasStatus: false,
  hasGeneration: true,
  columns: [
    NAME,
    text('Containers', 'Names of the containers of each pod.', ({ template }) => containerNames(template)),
    text('Images', 'Images of the containers of each pod.', ({ template }) => containerImages(template)),
    text('Pod Labels', 'Labels of each pod.', ({ template }) => labelsText(template.metadata?.labels) || '<none>'),
  ],
  strategy: {
    setDefaults: setTemplateDefaults,
    validate: ({ template }) => withoutRepeats(validateTemplate(template, 'template')),
    warnings: ({ template }) => templateWarnings(template, 'template'),
  },
};
