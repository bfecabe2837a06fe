import type { StatusCause } from '../../meta/errors.ts';
import { duplicate, forbidden, invalid, invalidEach, required } from '../../meta/field-errors.ts';
import { checkDns1123Label, checkPortName, checkPortNumber, checkQualifiedName } from '../../meta/validation.ts';
import type { ServicePort } from '../../types.ts';
import { validateProtocol } from '../endpoints.ts';
import type { ServiceSpec } from './traits.ts';

/** Where an agent of Kubernetes listens on every node. */
const KUBELET_PORT = 10_250;

/** Each port alone, then against those before it. Whether a nodePort is in the range, and free, is admission's question. */
export function validatePorts({ ports = [], type }: ServiceSpec): StatusCause[] {
  return [
    ...ports.flatMap((port, index) => validatePort(port, ports.length > 1, `spec.ports[${index}]`)),
    ...repeats(
      ports,
      ({ name = '' }) => name,
      (port, path) => duplicate(`${path}.name`, port.name),
    ),
    ...ports.flatMap((port, index) => validateForType(port, type, `spec.ports[${index}]`)),
    ...repeats(
      ports,
      ({ nodePort, protocol }) => (nodePort ? `${protocol}/${nodePort}` : ''),
      ({ nodePort }, path) => duplicate(`${path}.nodePort`, nodePort),
    ),
    ...repeats(
      ports,
      ({ port, protocol }) => `${protocol}/${port}`,
      ({ port, protocol }, path) => duplicate(path, { protocol, port }),
    ),
  ];
}

function validatePort(servicePort: ServicePort, needsName: boolean, path: string): StatusCause[] {
  const { name, port, protocol, targetPort, appProtocol } = servicePort;
  return [
    ...(name
      ? invalidEach(`${path}.name`, name, checkDns1123Label(name))
      : needsName
        ? [required(`${path}.name`)]
        : []),
    ...invalidEach(`${path}.port`, port, checkPortNumber(port)),
    ...validateProtocol(protocol, path),
    ...validateTarget(targetPort, `${path}.targetPort`),
    ...(appProtocol === undefined
      ? []
      : invalidEach(`${path}.appProtocol`, appProtocol, checkQualifiedName(appProtocol))),
  ];
}

function validateTarget(target: ServicePort['targetPort'], path: string): StatusCause[] {
  if (target === undefined) return [];
  return invalidEach(path, target, typeof target === 'number' ? checkPortNumber(target) : checkPortName(target));
}

function validateForType({ port, nodePort }: ServicePort, type: ServiceSpec['type'], path: string): StatusCause[] {
  if (type === 'LoadBalancer' && port === KUBELET_PORT) {
    return [invalid(path, port, `may not expose port ${port} externally since it is used by kubelet`)];
  }
  if (type === 'ClusterIP' && nodePort) {
    return [forbidden(`${path}.nodePort`, "may not be used when `type` is 'ClusterIP'")];
  }
  return [];
}

/** @param keyOf what must be unique; '' is not compared */
function repeats(
  ports: readonly ServicePort[],
  keyOf: (port: ServicePort) => string,
  cause: (port: ServicePort, path: string) => StatusCause,
): StatusCause[] {
  const seen = new Set(['']);
  return ports.flatMap((port, index) => {
    const key = keyOf(port);
    const isRepeated = key !== '' && seen.has(key);
    seen.add(key);
    return isRepeated ? [cause(port, `spec.ports[${index}]`)] : [];
  });
}
