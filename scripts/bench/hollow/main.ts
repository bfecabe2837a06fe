/** Many hollow agents in one process; the master and their number come as JSON in $BRAMBLE_HOLLOW. Ends when its input does. */
import { fetchCa } from '../../../src/agent/uplink/fetch-ca.ts';
import { parseJoinToken } from '../../../src/lib/join-token.ts';
import { HollowAgent } from './hollow-agent.ts';

const AT_ONCE = 8;

const { address, token, count } = JSON.parse(process.env.BRAMBLE_HOLLOW ?? '{}') as {
  address: string;
  token: string;
  count: number;
};
const caPem = await fetchCa(address, parseJoinToken(token).caHash);
if (!caPem) throw new Error(`${address} is not the master of this token`);
const indexes = Array.from({ length: count }, (_, index) => index).values();
process.stdin.on('end', () => process.exit(0)).resume();
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (const index of indexes) await new HollowAgent({ address, token, caPem }, index).start();
  }),
);
console.log('all have joined');
