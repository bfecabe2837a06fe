import type { ServicePort } from './service-port.ts';

/** 10.43.0.100:80 over TCP, with whatever else a test wants of it. */
export function aServicePort(facts: Partial<ServicePort>): ServicePort {
  const { targets = [] } = facts;
  return {
    id: 'default/web:http',
    protocol: 'tcp',
    port: 80,
    clusterIps: ['10.43.0.100'],
    balancedIps: [],
    externalIps: [],
    nodePort: 0,
    affinitySeconds: undefined,
    sourceRanges: [],
    isInternalLocal: false,
    isExternalLocal: false,
    targets,
    localTargets: targets.filter(({ isLocal }) => isLocal),
    ...facts,
  };
}
