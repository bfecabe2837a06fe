import type { Node } from '../../api/types.ts';
import { parseCidr } from '../../lib/ipv4.ts';
import { DNS_PORT } from '../dns/dns-port.ts';
import { gatewayOf } from '../network/cidr.ts';
import type { Server } from './slots.ts';
import { word } from './word.ts';

/** What servers of ExternalNames are looked up by. */
export const RESOLVERS = 'names';

/** Where the agent answers questions for names, as it does its pods'; undefined before the node has a range for those. */
export function nameServerOf(node: Node | undefined): Server | undefined {
  const range = parseCidr(node?.spec.podCIDR ?? '');
  return range && { ip: gatewayOf(range), port: DNS_PORT };
}

/**
 * Who is asked for names, and for how long an address is kept that no answer confirms any more.
 * An agent that is away answers nothing: what it said last is kept for an hour, as it keeps itself what others said. One that is
 * back may not know every name at once. An address that is missing in an answer goes at once.
 * Source: haproxy's configuration manual, 5.3.2.
 * @param nameServer undefined: the node's own name servers, which know no names of the cluster
 */
export function renderResolvers(nameServer: Server | undefined): string {
  const asked = nameServer ? `nameserver agent ${word(nameServer.ip)}:${nameServer.port}` : 'parse-resolv-conf';
  return `resolvers ${RESOLVERS}
  ${asked}
  # The most that the agent says without TCP.
  accepted_payload_size 1232
  timeout resolve 5s
  timeout retry 1s
  hold valid 5s
  hold obsolete 0s
  hold nx 30s
  hold timeout 1h
  hold refused 1h
  hold other 1h
`;
}
