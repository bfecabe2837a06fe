import type { Answer } from 'dns-packet';

/** More than this is cut into fragments on the way. Source: DNS flag day 2020. */
export const MAX_UDP_BYTES = 1232;

/** Says, in queries and in answers, that its sender knows EDNS and takes so much over UDP. Source: RFC 6891, 6.1.2. */
export const EDNS: Answer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: MAX_UDP_BYTES,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};
