import type { StatusCause } from '../../../meta/errors.ts';
import { invalid, invalidEach, ofEach, required } from '../../../meta/field-errors.ts';
import { checkDns1123SubdomainWithUnderscore, checkIpAddress } from '../../../meta/validation.ts';
import type { PodSpec } from '../../../types.ts';
import { oneOf } from './values.ts';

/** What libc reads of a resolv.conf. */
const MAX_NAMESERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_CHARS = 2048;

export function dnsCauses(spec: PodSpec, field: string): StatusCause[] {
  const policies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
  return [
    ...oneOf(spec.dnsPolicy, `${field}.dnsPolicy`, policies),
    ...configCauses(spec.dnsConfig, `${field}.dnsConfig`, spec.dnsPolicy === 'None'),
  ];
}

/** @param isAlone nothing but this config says how names are resolved */
function configCauses(config: PodSpec['dnsConfig'], field: string, isAlone: boolean): StatusCause[] {
  if (!config) return isAlone ? [required(field, 'must provide `dnsConfig` when `dnsPolicy` is None')] : [];
  const { nameservers = [], searches = [], options } = config;
  if (isAlone && nameservers.length === 0) {
    const text = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
    return [required(`${field}.nameservers`, text)];
  }
  return [
    ...(nameservers.length > MAX_NAMESERVERS
      ? [invalid(`${field}.nameservers`, nameservers, `must not have more than ${MAX_NAMESERVERS} nameservers`)]
      : []),
    ...ofEach(nameservers, `${field}.nameservers`, (ip, path) => invalidEach(path, ip, checkIpAddress(ip))),
    ...searchCauses(searches, `${field}.searches`),
    ...ofEach(options, `${field}.options`, ({ name }, path) => (name ? [] : [required(path, 'must not be empty')])),
  ];
}

function searchCauses(searches: readonly string[], field: string): StatusCause[] {
  return [
    ...(searches.length > MAX_SEARCHES
      ? [invalid(field, searches, `must not have more than ${MAX_SEARCHES} search paths`)]
      : []),
    ...(searches.join(' ').length > MAX_SEARCH_CHARS
      ? [
          invalid(
            field,
            searches,
            `must not have more than ${MAX_SEARCH_CHARS} characters (including spaces) in the search list`,
          ),
        ]
      : []),
    ...ofEach(searches, field, (search, path) => {
      if (search === '.') return [];
      const name = search.replace(/\.$/, '');
      return invalidEach(path, name, checkDns1123SubdomainWithUnderscore(name));
    }),
  ];
}
