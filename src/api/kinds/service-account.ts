import type { KindDefinition } from '../registry.ts';
import type { ServiceAccount } from '../types.ts';
import { AGE, NAME } from './columns.ts';

export const SERVICE_ACCOUNT: KindDefinition<ServiceAccount> = {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  namespaced: true,
  hasStatus: false,
  hasGeneration: false,
  columns: [
    NAME,
    {
      name: 'Secrets',
      type: 'string',
      description: 'Number of Secrets that pods of this account may use.',
      priority: 0,
      cell: ({ secrets }) => secrets?.length ?? 0,
    },
    AGE,
  ],
  strategy: {
    prepareForCreate: keepSecretNames,
    prepareForUpdate: keepSecretNames,
    validate: () => [],
  },
};

/** Of the references only names mean something; Kubernetes drops the rest. */
function keepSecretNames(account: ServiceAccount): void {
  account.secrets &&= account.secrets.map(({ name }) => ({ name }));
}
