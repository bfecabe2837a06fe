import type { KindDefinition } from '../registry.ts';
import type { Job } from '../types.ts';
import { JOB_COLUMNS } from './job/columns.ts';
import { prepareJobForCreate, setJobDefaults } from './job/defaults.ts';
import { sizeWarnings } from './job/spec-validation.ts';
import { validateJobStatusUpdate } from './job/status-validation.ts';
import { validateJob, validateJobUpdate } from './job/validation.ts';
import { nameWarnings } from './workload/name-warnings.ts';
import { templateWarnings } from './workload/template.ts';

export const JOB: KindDefinition<Job> = {
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  singular: 'job',
  categories: ['all'],
  namespaced: true,
  hasStatus: true,
  hasGeneration: true,
  selectableFields: ({ status }) => ({ 'status.successful': String(status?.succeeded ?? 0) }),
  columns: JOB_COLUMNS,
  strategy: {
    defaultPropagation: 'Orphan',
    unsaidPropagationWarning:
      'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
    setDefaults: setJobDefaults,
    prepareForCreate: prepareJobForCreate,
    validate: validateJob,
    validateUpdate: validateJobUpdate,
    validateStatusUpdate: validateJobStatusUpdate,
    warnings: (job) => [
      ...nameWarnings(job),
      ...templateWarnings(job.spec.template, 'spec.template'),
      ...sizeWarnings(job.spec),
    ],
  },
};
