import type { StatusCause } from '../meta/errors.ts';
import { invalidEach, notSupported, required } from '../meta/field-errors.ts';
import { checkNonSpecialIp, hostPort } from '../meta/ip-address.ts';
import {
  checkDns1123Label,
  checkDns1123Subdomain,
  checkIpAddress,
  checkPortNumber,
  checkQualifiedName,
} from '../meta/validation.ts';
import type { KindDefinition } from '../registry.ts';
import type { Endpoints } from '../types.ts';
import { AGE, NAME } from './columns.ts';

type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];
type Port = NonNullable<Subset['ports']>[number];

/** Of Services, Endpoints and EndpointSlices, in Kubernetes' order. */
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const SHOWN_ENDPOINTS = 3;

export const ENDPOINTS: KindDefinition<Endpoints> = {
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  hasStatus: false,
  hasGeneration: false,
  deprecationWarning: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  columns: [
    NAME,
    {
      name: 'Endpoints',
      type: 'string',
      description: 'Addresses that are ready.',
      priority: 0,
      cell: endpointsText,
    },
    AGE,
  ],
  strategy: {
    setDefaults({ subsets = [] }) {
      for (const port of subsets.flatMap(({ ports = [] }) => ports)) port.protocol ||= 'TCP';
    },
    validate: ({ subsets = [] }) => subsets.flatMap((subset, index) => validateSubset(subset, `subsets[${index}]`)),
  },
};

function validateSubset({ addresses = [], notReadyAddresses = [], ports = [] }: Subset, path: string): StatusCause[] {
  const isEmpty = addresses.length + notReadyAddresses.length === 0;
  return [
    ...(isEmpty ? [required(path, 'must specify `addresses` or `notReadyAddresses`')] : []),
    ...addresses.flatMap((address, index) => validateAddress(address, `${path}.addresses[${index}]`)),
    ...notReadyAddresses.flatMap((address, index) => validateAddress(address, `${path}.notReadyAddresses[${index}]`)),
    ...ports.flatMap((port, index) => validatePort(port, ports.length > 1, `${path}.ports[${index}]`)),
  ];
}

function validateAddress({ ip, hostname, nodeName }: Address, path: string): StatusCause[] {
  return [
    // Of what is no address Kubernetes says so twice.
    ...invalidEach(`${path}.ip`, ip, [...checkIpAddress(ip), ...checkNonSpecialIp(ip)]),
    ...(hostname ? invalidEach(`${path}.hostname`, hostname, checkDns1123Label(hostname)) : []),
    ...(nodeName === undefined ? [] : invalidEach(`${path}.nodeName`, nodeName, checkDns1123Subdomain(nodeName))),
  ];
}

function validatePort({ name, port, protocol, appProtocol }: Port, needsName: boolean, path: string): StatusCause[] {
  return [
    ...(name
      ? invalidEach(`${path}.name`, name, checkDns1123Label(name))
      : needsName
        ? [required(`${path}.name`)]
        : []),
    ...invalidEach(`${path}.port`, port, checkPortNumber(port)),
    ...validateProtocol(protocol, path),
    ...(appProtocol === undefined
      ? []
      : invalidEach(`${path}.appProtocol`, appProtocol, checkQualifiedName(appProtocol))),
  ];
}

/** @param path of the port */
export function validateProtocol(protocol: string | undefined, path: string): StatusCause[] {
  if (!protocol) return [required(`${path}.protocol`)];
  return PROTOCOLS.includes(protocol) ? [] : [notSupported(`${path}.protocol`, protocol, PROTOCOLS)];
}

/** `10.42.0.5:80,10.42.1.7:80 + 2 more...`; a headless Service may have addresses without ports. */
function endpointsText({ subsets = [] }: Endpoints): string {
  if (subsets.length === 0) return '<none>';
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => hostPort(ip, port))),
  );
  return withMore(all);
}

/** Three items, and how many are left out. */
export function withMore(items: readonly (string | number)[]): string {
  const shown = items.slice(0, SHOWN_ENDPOINTS).join(',');
  const more = items.length - SHOWN_ENDPOINTS;
  return more > 0 ? `${shown} + ${more} more...` : shown;
}
