import { readFileSync } from 'node:fs';
import { tar } from '../../src/agent/runtime/tar.ts';
import { runCommand } from '../../src/cli/up/run-command.ts';

/** A static busybox, as Debian's busybox-static brings it. */
const BUSYBOX = '/bin/busybox';
const APPLETS = ['sh', 'sleep', 'true', 'cat', 'echo', 'kill', 'date', 'wget'];

/** Loads an image of nothing but busybox into the engine. No registry is asked. */
export async function importBusybox(reference: string): Promise<void> {
  const content = readFileSync(BUSYBOX);
  const input = tar(['busybox', ...APPLETS].map((name) => ({ path: `bin/${name}`, mode: 0o755, content })));
  await runCommand('docker', ['import', '-c', 'CMD ["sleep","3600"]', '-', reference], { input });
}

export async function removeImage(reference: string): Promise<void> {
  await runCommand('docker', ['rmi', '-f', reference]);
}
