import type { KindDefinition } from '../registry.ts';
import { CONFIG_MAP } from './config-map.ts';
import { CONTROLLER_REVISION } from './controller-revision.ts';
import { CRON_JOB } from './cron-job.ts';
import { DAEMON_SET } from './daemon-set.ts';
import { DEPLOYMENT } from './deployment.ts';
import { ENDPOINT_SLICE } from './endpoint-slice.ts';
import { ENDPOINTS } from './endpoints.ts';
import { EVENT } from './event.ts';
import { EVENTS_V1 } from './events-v1.ts';
import { INGRESS } from './ingress.ts';
import { INGRESS_CLASS } from './ingress-class.ts';
import { IP_ADDRESS } from './ip-address.ts';
import { JOB } from './job.ts';
import { LEASE } from './lease.ts';
import { LIMIT_RANGE } from './limit-range.ts';
import { NAMESPACE } from './namespace.ts';
import { NODE } from './node.ts';
import { PERSISTENT_VOLUME } from './persistent-volume.ts';
import { PERSISTENT_VOLUME_CLAIM } from './persistent-volume-claim.ts';
import { POD } from './pod.ts';
import { POD_DISRUPTION_BUDGET } from './pod-disruption-budget.ts';
import { POD_TEMPLATE } from './pod-template.ts';
import { PRIORITY_CLASS } from './priority-class.ts';
import { REPLICA_SET } from './replica-set.ts';
import { REPLICATION_CONTROLLER } from './replication-controller.ts';
import { RESOURCE_QUOTA } from './resource-quota.ts';
import { SECRET } from './secret.ts';
import { SERVICE } from './service.ts';
import { SERVICE_ACCOUNT } from './service-account.ts';
import { SERVICE_CIDR } from './service-cidr.ts';
import { STATEFUL_SET } from './stateful-set.ts';
import { STORAGE_CLASS } from './storage-class.ts';

/** Every kind that is served, in the order of discovery: the first group that has a name wins it, so core comes first. */
export const KINDS: readonly KindDefinition[] = [
  CONFIG_MAP,
  ENDPOINTS,
  EVENT,
  LIMIT_RANGE,
  NAMESPACE,
  NODE,
  PERSISTENT_VOLUME_CLAIM,
  PERSISTENT_VOLUME,
  POD,
  POD_TEMPLATE,
  REPLICATION_CONTROLLER,
  RESOURCE_QUOTA,
  SECRET,
  SERVICE_ACCOUNT,
  SERVICE,
  CONTROLLER_REVISION,
  DAEMON_SET,
  DEPLOYMENT,
  REPLICA_SET,
  STATEFUL_SET,
  CRON_JOB,
  JOB,
  EVENTS_V1,
  LEASE,
  ENDPOINT_SLICE,
  INGRESS_CLASS,
  INGRESS,
  IP_ADDRESS,
  SERVICE_CIDR,
  POD_DISRUPTION_BUDGET,
  PRIORITY_CLASS,
  STORAGE_CLASS,
];
