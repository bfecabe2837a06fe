import { readAsset } from '../../lib/assets.ts';

export interface InstallScriptFacts {
  /** HOST:PORT that the client came to. */
  readonly master: string;
  /** Where agents dial in. */
  readonly grpcPort: number;
  readonly caPem: string;
}

/** A host and perhaps a port, nothing that a shell could take for something else. */
const AUTHORITY = /^(\[[0-9a-fA-F:.]+\]|[0-9A-Za-z]([-0-9A-Za-z.]*[0-9A-Za-z])?)(:\d{1,5})?$/;

/** @returns undefined when it is no host that may stand in a script. */
export function safeAuthority(text: string | undefined): string | undefined {
  return text !== undefined && text.length <= 260 && AUTHORITY.test(text) ? text : undefined;
}

/** The installer for the cluster with this authority: the same text for the same address, so that its checksum can be told beforehand. */
export function renderInstallScript(
  { master, grpcPort, caPem }: InstallScriptFacts,
  template = readTemplate(),
): string {
  const host = master.replace(/:\d+$/, '');
  return template
    .replace('@MASTER@', () => master)
    .replace('@AGENTS@', () => `${host}:${grpcPort}`)
    .replace('@CA@', () => caPem.trim());
}

function readTemplate(): string {
  return readAsset('deploy/install.sh').toString();
}
