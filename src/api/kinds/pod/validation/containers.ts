import type { StatusCause } from '../../../meta/errors.ts';
import {
  duplicate,
  forbidden,
  invalid,
  invalidEach,
  notSupported,
  ofEach,
  required,
} from '../../../meta/field-errors.ts';
import { checkDns1123Label, checkInRange, checkPortName, checkPortNumber } from '../../../meta/validation.ts';
import type { Container, PodSpec, Volume } from '../../../types.ts';
import { type ContainerPort, isSidecar } from '../parts.ts';
import { envCauses, envFromCauses } from './env.ts';
import { lifecycleCauses, probeCauses } from './handlers.ts';
import { mountCauses, volumeDeviceCauses } from './mounts.ts';
import { resourceCauses } from './resources.ts';
import { securityCauses } from './security.ts';
import { notEmpty, oneOf } from './values.ts';

/** What a container is judged against. */
export interface PodContext {
  readonly spec: PodSpec;
  readonly isPod: boolean;
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly claims: ReadonlySet<string>;
}

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const MAX_EXIT_CODE = 255;

export function containerCauses(field: string, context: PodContext): StatusCause[] {
  const { containers } = context.spec;
  if (containers.length === 0) return [required(field)];
  return [
    ...ofEach(containers, field, (container, path, index) => [
      ...commonCauses(container, path, context),
      ...repeatCauses(container.name, `${path}.name`, containers.slice(0, index)),
      ...runtimeCauses(container, path, context),
      ...restartCauses(container, path),
    ]),
    ...hostPortConflicts(containers, field),
  ];
}

export function initContainerCauses(field: string, context: PodContext): StatusCause[] {
  const { containers, initContainers = [] } = context.spec;
  return ofEach(initContainers, field, (container, path, index) => [
    ...commonCauses(container, path, context),
    ...(container.restartPolicy === undefined || isSidecar(container)
      ? []
      : [notSupported(`${path}.restartPolicy`, container.restartPolicy, ['Always'])]),
    ...repeatCauses(container.name, `${path}.name`, [...containers, ...initContainers.slice(0, index)]),
    // They run one by one: only ports of the same init container can be in each other's way.
    ...hostPortConflicts([container], field),
    ...(isSidecar(container) ? runtimeCauses(container, path, context) : oneShotCauses(container, path)),
  ]);
}

function commonCauses(container: Container, field: string, context: PodContext): StatusCause[] {
  const { volumes, claims, spec } = context;
  const { name, image } = container;
  return [
    ...(name ? invalidEach(`${field}.name`, name, checkDns1123Label(name)) : [required(`${field}.name`)]),
    ...notEmpty(image, `${field}.image`),
    ...(context.isPod && image !== image?.trim()
      ? [invalid(`${field}.image`, image, 'must not have leading or trailing whitespace')]
      : []),
    ...oneOf(container.terminationMessagePolicy, `${field}.terminationMessagePolicy`, [
      'File',
      'FallbackToLogsOnError',
    ]),
    ...portCauses(container.ports, `${field}.ports`),
    ...envCauses(container.env, `${field}.env`),
    ...envFromCauses(container.envFrom, `${field}.envFrom`),
    ...mountCauses(container, `${field}.volumeMounts`, volumes),
    ...volumeDeviceCauses(container, `${field}.volumeDevices`, volumes),
    ...oneOf(container.imagePullPolicy, `${field}.imagePullPolicy`, ['Always', 'IfNotPresent', 'Never']),
    ...resourceCauses(container.resources, `${field}.resources`, claims),
    ...resizeCauses(container, `${field}.resizePolicy`, spec.restartPolicy),
    ...securityCauses(container.securityContext, `${field}.securityContext`, spec.hostUsers ?? true),
  ];
}

/** Of a container that stays: one that answers probes and is told to stop. */
function runtimeCauses(container: Container, field: string, { spec }: PodContext): StatusCause[] {
  const grace = spec.terminationGracePeriodSeconds;
  return [
    ...lifecycleCauses(container.lifecycle, `${field}.lifecycle`, grace),
    ...probeCauses(container.livenessProbe, `${field}.livenessProbe`, 'liveness'),
    ...probeCauses(container.readinessProbe, `${field}.readinessProbe`, 'readiness'),
    ...probeCauses(container.startupProbe, `${field}.startupProbe`, 'startup'),
  ];
}

function oneShotCauses(container: Container, field: string): StatusCause[] {
  const keys = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const;
  return keys
    .filter((key) => container[key])
    .map((key) => forbidden(`${field}.${key}`, 'may not be set for init containers without restartPolicy=Always'));
}

/** restartPolicy and its rules on a single container (ContainerRestartRules, v1.35). */
function restartCauses({ restartPolicy, restartPolicyRules }: Container, field: string): StatusCause[] {
  const causes: StatusCause[] = [];
  if (restartPolicy !== undefined) {
    causes.push(...oneOf(restartPolicy, `${field}.restartPolicy`, ['Always', 'Never', 'OnFailure']));
  } else if (restartPolicyRules?.length) {
    causes.push(required(`${field}.restartPolicy`, 'must specify restartPolicy when restart rules are used'));
  }
  return [
    ...causes,
    ...ofEach(restartPolicyRules, `${field}.restartPolicyRules`, ({ action, exitCodes }, path) => [
      ...oneOf(action, `${path}.action`, ['Restart', 'RestartAllContainers']),
      ...(exitCodes
        ? [
            ...oneOf(exitCodes.operator, `${path}.exitCodes.operator`, ['In', 'NotIn']),
            ...ofEach(exitCodes.values, `${path}.exitCodes.values`, (code, at) =>
              invalidEach(at, code, checkInRange(code, 0, MAX_EXIT_CODE)),
            ),
          ]
        : [required(`${path}.exitCodes`, 'must be specified')]),
    ]),
  ];
}

function repeatCauses(name: string, field: string, others: readonly Container[]): StatusCause[] {
  return name && others.some((other) => other.name === name) ? [duplicate(field, name)] : [];
}

function portCauses(ports: readonly ContainerPort[] | undefined, field: string): StatusCause[] {
  const seen = new Set<string>();
  return ofEach(ports, field, ({ name, containerPort, hostPort, protocol }, path) => {
    const causes: StatusCause[] = [];
    if (name) {
      const wrong = checkPortName(name);
      causes.push(...invalidEach(`${path}.name`, name, wrong));
      if (wrong.length === 0 && seen.has(name)) causes.push(duplicate(`${path}.name`, name));
      seen.add(name);
    }
    if (containerPort)
      causes.push(...invalidEach(`${path}.containerPort`, containerPort, checkPortNumber(containerPort)));
    else causes.push(required(`${path}.containerPort`));
    if (hostPort) causes.push(...invalidEach(`${path}.hostPort`, hostPort, checkPortNumber(hostPort)));
    causes.push(...oneOf(protocol, `${path}.protocol`, PROTOCOLS));
    return causes;
  });
}

function hostPortConflicts(containers: readonly Container[], field: string): StatusCause[] {
  const taken = new Set<string>();
  return ofEach(containers, field, (container, path) =>
    ofEach(container.ports, `${path}.ports`, ({ protocol, hostIP = '', hostPort }, at) => {
      if (!hostPort) return [];
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (taken.has(key)) return [duplicate(`${at}.hostPort`, key)];
      taken.add(key);
      return [];
    }),
  );
}

function resizeCauses(container: Container, field: string, podRestartPolicy: string | undefined): StatusCause[] {
  const policies = container.resizePolicy ?? [];
  return policies.flatMap(({ resourceName, restartPolicy }, index) => {
    const isRepeated = policies.slice(0, index).some((other) => other.resourceName === resourceName);
    return [
      ...(isRepeated ? [duplicate(`${field}[${index}]`, resourceName)] : []),
      ...oneOf(resourceName, field, ['cpu', 'memory']),
      ...oneOf(restartPolicy, field, ['NotRequired', 'RestartContainer']),
      ...(podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired'
        ? [invalid(field, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'")]
        : []),
    ];
  });
}
