/** What `dnsperf -v` says of one run. */
export interface DnsRun {
  readonly perSecond: number;
  readonly lost: number;
  /** Response code → how many. */
  readonly codes: ReadonlyMap<string, number>;
  /** Of each query, where it was told to list them. */
  readonly latenciesMs: readonly number[];
}

/** Reads what dnsperf 2.10 prints. @throws Error when it is not that */
export function parseDnsperf(text: string): DnsRun {
  const perSecond = /Queries per second:\s+([\d.]+)/.exec(text)?.[1];
  const lost = /Queries lost:\s+(\d+)/.exec(text)?.[1];
  if (perSecond === undefined || lost === undefined)
    throw new Error(`dnsperf says something else:\n${text.slice(-800)}`);
  const codes = /Response codes:\s+(.*)/.exec(text)?.[1] ?? '';
  return {
    perSecond: Number(perSecond),
    lost: Number(lost),
    codes: new Map([...codes.matchAll(/(\w+) (\d+)/g)].map(([, code = '', count]) => [code, Number(count)])),
    latenciesMs: [...text.matchAll(/^> \w+ .* ([\d.]+)$/gm)].map(([, seconds]) => Number(seconds) * 1000),
  };
}
