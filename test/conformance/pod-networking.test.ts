import { conformance } from './lib/conformance.ts';
import { assertAllAnswer } from './lib/net-servers.ts';

const named = (what: string, tags: string) =>
  `[sig-network] Networking Granular Checks: Pods should function for ${what} ${tags}`;
const INTRA = '[Conformance] [NodeConformance]';
const NODE = '[LinuxOnly] [Conformance] [NodeConformance]';

for (const protocol of ['http', 'udp'] as const) {
  conformance(named(`intra-pod communication: ${protocol}`, INTRA), (context) =>
    assertAllAnswer(context, protocol, {}),
  );
  conformance(named(`node-pod communication: ${protocol}`, NODE), (context) =>
    assertAllAnswer(context, protocol, { hostNetwork: true }),
  );
}
