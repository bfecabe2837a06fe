import type { StatusCause } from '../meta/errors.ts';
import { duplicate, immutable, invalid, invalidEach, notSupported, required, tooMany } from '../meta/field-errors.ts';
import { checkIpv4Address, checkIpv6Address, checkNonSpecialIp } from '../meta/ip-address.ts';
import { validateLabels } from '../meta/labels.ts';
import {
  checkDns1123Label,
  checkDns1123Subdomain,
  checkInRange,
  checkLabelValue,
  checkQualifiedName,
} from '../meta/validation.ts';
import type { KindDefinition } from '../registry.ts';
import type { EndpointSlice } from '../types.ts';
import { AGE, NAME } from './columns.ts';
import { validateProtocol, withMore } from './endpoints.ts';

type AddressType = EndpointSlice['addressType'];
type Endpoint = NonNullable<EndpointSlice['endpoints']>[number];
type Port = NonNullable<EndpointSlice['ports']>[number];

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;
const MAX_PORTS = 20_000;
const MAX_HINTS = 8;
const MAX_TOPOLOGY = 16;

export const ENDPOINT_SLICE: KindDefinition<EndpointSlice> = {
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  singular: 'endpointslice',
  namespaced: true,
  hasStatus: false,
  // It has no spec: endpoints and ports count as one.
  hasGeneration: true,
  columns: [
    NAME,
    {
      name: 'AddressType',
      type: 'string',
      description: 'Kind of the addresses: IPv4, IPv6 or FQDN.',
      priority: 0,
      cell: ({ addressType }) => addressType,
    },
    {
      name: 'Ports',
      type: 'string',
      description: 'Ports of every endpoint.',
      priority: 0,
      cell: ({ ports }) => withMore((ports ?? []).map(({ port, name }) => port ?? (name || '*'))) || '<unset>',
    },
    {
      name: 'Endpoints',
      type: 'string',
      description: 'Addresses, ready or not.',
      priority: 0,
      cell: ({ endpoints }) => withMore((endpoints ?? []).flatMap(({ addresses }) => addresses)) || '<unset>',
    },
    AGE,
  ],
  strategy: {
    setDefaults(slice) {
      slice.endpoints ??= [];
      for (const port of slice.ports ?? []) {
        port.name ??= '';
        port.protocol ||= 'TCP';
      }
    },
    validate,
    validateUpdate: ({ addressType }, old) =>
      addressType === old.addressType ? [] : [immutable('addressType', addressType)],
  },
};

/** Source: discovery, validation.ValidateEndpointSlice. */
function validate({ addressType, endpoints, ports }: EndpointSlice): StatusCause[] {
  return [
    ...(addressType
      ? ADDRESS_TYPES.includes(addressType)
        ? []
        : [notSupported('addressType', addressType, ADDRESS_TYPES)]
      : [required('addressType')]),
    ...limited(endpoints ?? [], 'endpoints', MAX_ENDPOINTS, (endpoint, path) =>
      validateEndpoint(endpoint, addressType, path),
    ),
    ...limited(ports ?? [], 'ports', MAX_PORTS, validatePort),
    ...repeatedNames(ports ?? [], 'ports'),
  ];
}

/** A list that is too long is not looked at any further. */
function limited<T>(
  items: readonly T[],
  path: string,
  max: number,
  check: (item: T, path: string) => StatusCause[],
): StatusCause[] {
  if (items.length > max) return [tooMany(path, items.length, max)];
  return items.flatMap((item, index) => check(item, `${path}[${index}]`));
}

function validateEndpoint(endpoint: Endpoint, addressType: AddressType, path: string): StatusCause[] {
  const { addresses, nodeName, hostname, deprecatedTopology, hints } = endpoint;
  const topologyPath = `${path}.deprecatedTopology`;
  const topologySize = Object.keys(deprecatedTopology ?? {}).length;
  return [
    ...(addresses.length === 0 ? [required(`${path}.addresses`, 'must contain at least 1 address')] : []),
    ...limited(addresses, `${path}.addresses`, MAX_ADDRESSES, (address, at) =>
      validateAddress(address, addressType, at),
    ),
    ...(nodeName === undefined ? [] : invalidEach(`${path}.nodeName`, nodeName, checkDns1123Subdomain(nodeName))),
    ...(topologySize > MAX_TOPOLOGY ? [tooMany(topologyPath, topologySize, MAX_TOPOLOGY)] : []),
    ...validateLabels(deprecatedTopology, topologyPath),
    ...(hostname === undefined ? [] : invalidEach(`${path}.hostname`, hostname, checkDns1123Label(hostname))),
    ...validateHints(hints?.forZones ?? [], `${path}.hints.forZones`, checkLabelValue),
    ...validateHints(hints?.forNodes ?? [], `${path}.hints.forNodes`, checkDns1123Subdomain),
  ];
}

function validateAddress(address: string, addressType: AddressType, path: string): StatusCause[] {
  switch (addressType) {
    case 'IPv4':
      return invalidEach(path, address, [...checkIpv4Address(address), ...checkNonSpecialIp(address)]);
    case 'IPv6':
      return invalidEach(path, address, [...checkIpv6Address(address), ...checkNonSpecialIp(address)]);
    case 'FQDN':
      return validateFullName(address, path);
    default:
      return [];
  }
}

function validateFullName(name: string, path: string): StatusCause[] {
  if (name === '') return [required(path)];
  const plain = name.endsWith('.') ? name.slice(0, -1) : name;
  const wrong = checkDns1123Subdomain(plain);
  if (wrong.length > 0) return [invalid(path, plain, wrong.join(','))];
  const isShort = !plain.includes('.');
  return isShort ? [invalid(path, plain, 'should be a domain with at least two segments separated by dots')] : [];
}

function validateHints(
  hints: readonly { readonly name: string }[],
  path: string,
  check: (name: string) => string[],
): StatusCause[] {
  return [
    ...limited(hints, path, MAX_HINTS, ({ name }, at) => invalidEach(`${at}.name`, name, check(name))),
    ...repeatedNames(hints, path),
  ];
}

function validatePort({ name, port, protocol, appProtocol }: Port, path: string): StatusCause[] {
  return [
    ...(name ? invalidEach(`${path}.name`, name, checkDns1123Label(name)) : []),
    ...validateProtocol(protocol, path),
    ...(port === undefined ? [] : invalidEach(`${path}.port`, port, checkInRange(port, 1, 65535))),
    ...(appProtocol === undefined
      ? []
      : invalidEach(`${path}.appProtocol`, appProtocol, checkQualifiedName(appProtocol))),
  ];
}

function repeatedNames(items: readonly { readonly name?: string }[], path: string): StatusCause[] {
  const seen = new Set<string>();
  return items.flatMap(({ name = '' }, index) => {
    if (seen.has(name)) return [duplicate(`${path}[${index}].name`, name)];
    seen.add(name);
    return [];
  });
}
