import type { KindDefinition } from '../../../api/registry.ts';
import type { Namespace, Service } from '../../../api/types.ts';
import type { Store } from '../../store/store.ts';
import { AdmissionChain } from './chain.ts';
import { NamespaceLifecycle } from './namespace-lifecycle.ts';
import { defaultTolerationSeconds, priority, serviceAccount } from './pod-defaults.ts';
import { ServiceAddresses, type ServiceAddressOptions } from './service-addresses.ts';

export interface AdmissionOptions extends ServiceAddressOptions {
  readonly store: Store;
  readonly namespaceKind: KindDefinition<Namespace>;
  readonly serviceKind: KindDefinition<Service>;
  /** How long pods stay on a lost node by default. */
  readonly defaultTolerationSeconds: number;
}

/** The chain of a master, in order. */
export function defaultAdmission(options: AdmissionOptions): AdmissionChain {
  return new AdmissionChain([
    new NamespaceLifecycle(options.store, options.namespaceKind),
    serviceAccount(),
    defaultTolerationSeconds(options.defaultTolerationSeconds),
    priority(),
    new ServiceAddresses(options.store, options.serviceKind, options),
  ]);
}
