import assert from 'node:assert/strict';
import type { Kubectl } from '../../lib/kubectl.ts';
import { Shell } from '../../lib/shell.ts';
import { cluster } from '../setup/shared-cluster.ts';

/**
 * Types lines into a terminal that is opened with the first one; `atEnd` is the last. The lines must succeed.
 * @returns what they print.
 */
export function typeIn(kubectl: Kubectl, atEnd: string): (line: string) => Promise<string> {
  let shell: Shell | undefined;
  const type = async (line: string) => {
    shell ??= new Shell({ kubectl, kubeconfig: cluster.kubeconfig, namespace: 'default' });
    const { code, stdout, stderr } = await shell.run(line);
    assert.equal(code, 0, `${line}\n${stdout}${stderr}`);
    return stdout;
  };
  after(async () => {
    await type(atEnd);
    shell?.close();
  });
  return type;
}
