/**
 * Tells when an address begins or ends to take connections: of each line `<reached|refused> <address> <port>` it says `looking` once
 * it has found the opposite, then the moment (ns of the monotonic clock, which all processes share). reacher.ts starts it.
 */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

type Outcome = 'reached' | 'refused';

const PAUSE_MS = 1;
const WITHIN_MS = 500;

/** A try without any answer counts as refused: packets to an address that nobody serves may be dropped. */
function attempt(host: string, port: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: WITHIN_MS });
    const end = (outcome: Outcome) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.once('connect', () => end('reached'));
    socket.once('error', () => end('refused'));
    socket.once('timeout', () => end('refused'));
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const [wanted, host = '', port] = line.split(' ');
  for (let isFirst = true; (await attempt(host, Number(port))) !== wanted; isFirst = false) {
    if (isFirst) console.log('looking');
    await sleep(PAUSE_MS);
  }
  console.log(String(process.hrtime.bigint()));
}
