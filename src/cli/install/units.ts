import { readAsset } from '../../lib/assets.ts';
import { configPath, type Layout, programPath, type Role, unitName } from './layout.ts';

const STANDARD = { program: '/usr/local/bin/bramble', dataDir: '/var/lib/bramble' } as const;

/** deploy/systemd's unit, with this installation's program; a data directory of its own must be writable too. */
export function renderUnit(role: Role, layout: Layout): string {
  const text = readAsset(`deploy/systemd/${unitName(role)}`).toString();
  const command = `ExecStart=${programPath(layout)} ${role} --config ${configPath(role)}`;
  const unit = text.replace(`ExecStart=${STANDARD.program} ${role} --config ${configPath(role)}`, () => command);
  if (layout.dataDir === STANDARD.dataDir) return unit;
  return unit.replace(/^StateDirectory=bramble$/m, () => `StateDirectory=bramble\nReadWritePaths=${layout.dataDir}`);
}
