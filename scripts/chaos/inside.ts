/** What a chaos machine runs: `inside.ts <seconds> <seed> <folder> <cgroup> <program>`; scripts/chaos.ts starts it. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { report } from './report.ts';
import { runChaos } from './run.ts';

const [seconds, seed, folder = '', cgroupParent = '', program = ''] = process.argv.slice(2);
const logs = join(tmpdir(), `bramble-chaos-logs-${seed}`);
const found = await runChaos({ seconds: Number(seconds), seed: Number(seed), folder, cgroupParent, program, logs });
// The engine is left running: the machine ends with this process, and all that runs in it.
process.exit(report(Number(seed), found));
