import type { KindDefinition } from '../../../api/registry.ts';
import type { Namespace } from '../../../api/types.ts';
import { AdmissionChain } from './chain.ts';
import { DefaultIngressClass } from './default-ingress-class.ts';
import { LimitRanger } from './limit-ranger.ts';
import { NamespaceLifecycle } from './namespace-lifecycle.ts';
import { defaultTolerationSeconds } from './pod-defaults.ts';
import { PriorityAdmission } from './priority.ts';
import { ResourceQuotaAdmission } from './resource-quota.ts';
import { ServiceAccountAdmission } from './service-account.ts';
import { ServiceAddresses, type ServiceAddressParts } from './service-addresses.ts';
import { StorageAdmission } from './storage.ts';

export interface AdmissionOptions extends ServiceAddressParts {
  /** All kinds in the cache. */
  readonly cachedKinds: readonly KindDefinition[];
  readonly namespaceKind: KindDefinition<Namespace>;
  /** How long pods stay on a lost node by default. */
  readonly defaultTolerationSeconds: number;
}

/** The chain of a master, in order; what is limited is judged when nothing else can refuse it. */
export function defaultAdmission(options: AdmissionOptions): AdmissionChain {
  return new AdmissionChain([
    new NamespaceLifecycle(options.store, options.namespaceKind),
    new ServiceAccountAdmission(options),
    defaultTolerationSeconds(options.defaultTolerationSeconds),
    new PriorityAdmission(options.cache),
    new StorageAdmission(options.cache),
    new DefaultIngressClass(options.cache),
    new LimitRanger(options.cache),
    new ServiceAddresses(options),
    new ResourceQuotaAdmission({ cache: options.cache, kinds: options.cachedKinds, clock: options.clock }),
  ]);
}
