import type { Run } from './wrk.ts';

export interface StreamOptions {
  readonly address: string;
  readonly port: number;
  readonly seconds: number;
}

/** One TCP stream to a server of iperf3. @returns what arrived, in Mbit/s @throws Error as iperf3 says */
export async function megabitsPerSecond(run: Run, { address, port, seconds }: StreamOptions): Promise<number> {
  return parseIperf3(await run('iperf3', ['--client', address, '--port', `${port}`, '--time', `${seconds}`, '--json']));
}

/** Reads the report of iperf3's client. @throws Error with what it says instead */
export function parseIperf3(text: string): number {
  const report: { error?: string; end?: { sum_received?: { bits_per_second?: number } } } = JSON.parse(text);
  const bits = report.end?.sum_received?.bits_per_second;
  if (report.error !== undefined || bits === undefined) throw new Error(`iperf3: ${report.error ?? 'no end'}`);
  return bits / 1e6;
}
