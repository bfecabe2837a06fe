import { createHash } from 'node:crypto';
import type { ApiClient } from './api-client.ts';

/**
 * One line that installs Bramble on another machine from this master and joins it. The installer comes over a connection that nobody
 * vouches for yet, so its checksum is part of the line: what was changed on the way does not run. The installer carries the cluster's
 * CA, and the rest is fetched under its eyes.
 */
export async function installLine(api: ApiClient, token: string): Promise<string> {
  const script = await api.get<string>('/install.sh');
  const sha256 = createHash('sha256').update(script).digest('hex');
  // A shell's $(...) takes the newline at the end away, and printf gives it back.
  return (
    `s=$(curl -ksSf ${new URL('/install.sh', api.server)}) && ` +
    `[ "$(printf '%s\\n' "$s" | sha256sum | cut -c1-64)" = ${sha256} ] && ` +
    `printf '%s\\n' "$s" | sudo sh -s -- --token ${token}`
  );
}
