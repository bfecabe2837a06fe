import type { DecodedPacket } from 'dns-packet';

/** Response codes. Source: RFC 1035, 4.1.1. */
export const RCODE = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;
export type Rcode = keyof typeof RCODE;

/** The response code: the last four bits of the flags (RFC 1035, 4.1.1). */
export function rcodeOf({ flags = 0 }: DecodedPacket): number {
  return flags & 0xf;
}
