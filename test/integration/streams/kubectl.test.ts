import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestCluster } from '../../lib/cluster.ts';
import { eventually } from '../../lib/eventually.ts';
import { type Kubectl, outermostKubectls } from '../../lib/kubectl.ts';
import { playOnTerminal } from '../../lib/terminal.ts';

const MB = 1024 * 1024;

const aContainer = (script: string, more = '') =>
  `{name: main, image: 'busybox:1', ${more} command: [sh, -c, '${script}']}`;
const aPod = (name: string, containers: string[], more = '') => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec: {terminationGracePeriodSeconds: 0, ${more} containers: [${containers.join(', ')}]}
`;
const PODS = [
  aPod('box', [aContainer('for i in 1 2 3 4 5; do echo line $i; done; exec sleep 3600')]),
  aPod('web', [
    aContainer('mkdir /w; head -c 5000000 /dev/zero > /w/big; echo hello > /w/index.html; exec httpd -f -p 80 -h /w'),
  ]),
  aPod('inward', [aContainer('mkdir /w; echo inside > /w/index.html; exec httpd -f -p 127.0.0.1:80 -h /w')]),
  aPod('crash', [aContainer('echo attempt; exit 1'), "{name: other, image: 'busybox:1', command: [sleep, '3600']}"]),
  aPod('absent', ["{name: main, image: 'registry.invalid/none:1'}"]),
].join('---');

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

describe('kubectl streams', function () {
  this.timeout(120_000);
  const cluster = new TestCluster({
    bridge: 'bstream0',
    clusterCidr: '10.171.0.0/16',
    serviceCidr: '10.172.0.0/16',
    nodeName: 'stream-node',
  });
  const dir = mkdtempSync(join(tmpdir(), 'bramble-streams-'));
  const children: ChildProcess[] = [];

  before(async () => {
    await cluster.start();
    const created = await cluster.kubectl(['apply', '-f', '-'], { input: PODS });
    assert.equal(created.code, 0, created.stderr);
    const waited = await cluster.kubectl([
      'wait',
      '--for=condition=Ready',
      'pod/box',
      'pod/web',
      'pod/inward',
      '--timeout=90s',
    ]);
    assert.equal(waited.code, 0, waited.stderr);
  });
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await cluster.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const spawnKubectl = (kubectl: Kubectl, args: readonly string[]): ChildProcess => {
    const env = { PATH: process.env.PATH, HOME: dir, KUBECONFIG: cluster.kubeconfig };
    const child = spawn(kubectl.path, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    children.push(child);
    return child;
  };

  for (const kubectl of outermostKubectls()) {
    describe(kubectl.version, () => {
      const tag = kubectl.version.replace('.', '');
      const run = (args: readonly string[], input?: string) =>
        cluster.kubectl(args, { kubectl, ...(input === undefined ? {} : { input }) });
      const printed = async (...args: string[]) => (await run(args)).stdout;
      const refused = async (...args: string[]) => (await run(args)).stderr.trim();

      const play = (args: readonly string[], steps: readonly string[]) =>
        playOnTerminal([kubectl.path, ...args], { steps, env: { HOME: dir, KUBECONFIG: cluster.kubeconfig } });

      it('prints logs as they are asked for', async () => {
        assert.equal(await printed('logs', 'box'), 'line 1\nline 2\nline 3\nline 4\nline 5\n');
        assert.equal(await printed('logs', 'box', '--tail=2'), 'line 4\nline 5\n');
        assert.equal(await printed('logs', 'box', '--tail=0'), '');
        assert.equal(await printed('logs', 'box', '--limit-bytes=8'), 'line 1\nl');
        assert.equal(await printed('logs', 'box', '--since-time=2999-01-01T00:00:00Z'), '');
        assert.match(await printed('logs', 'box', '--since=1h', '--tail=1'), /^line 5$/m);
        assert.match(
          await printed('logs', 'box', '--timestamps', '--tail=1'),
          /^\d{4}-\d\d-\d\dT[\d:]+\.\d+Z line 5\n$/,
        );
      });

      it('prints the log of a container that crashed, and of the one before', async () => {
        await eventually(async () => {
          assert.equal(await printed('logs', 'crash', '-c', 'main'), 'attempt\n');
          assert.equal(await printed('logs', 'crash', '-c', 'main', '--previous'), 'attempt\n');
        });
      });

      it("says in Kubernetes' words why there is no log", async () => {
        assert.equal(
          await refused('logs', 'box', '--previous'),
          'Error from server (BadRequest): previous terminated container "main" in pod "box" not found',
        );
        assert.match(
          await refused('logs', 'absent'),
          /BadRequest\): container "main" in pod "absent" is waiting to start: (image can't|trying and failing to) /,
        );
        const path = '/api/v1/namespaces/default/pods';
        assert.match(
          await refused('get', '--raw', `${path}/crash/log`),
          /a container name must be specified for pod crash, choose one of: \[main other\]/,
        );
        assert.match(
          await refused('get', '--raw', `${path}/box/log?container=z`),
          /container z is not valid for pod box/,
        );
        assert.match(
          await refused('get', '--raw', `${path}/box/log?tailLines=-1`),
          /tailLines: Invalid value: -1: must be greater than or equal to 0/,
        );
      });

      it('follows a log, and the agent lets go when nobody follows any more', async () => {
        const child = spawnKubectl(kubectl, ['logs', '-f', 'box']);
        let shown = '';
        child.stdout?.on('data', (chunk) => {
          shown += chunk;
        });
        await eventually(() => assert.match(shown, /line 5\n$/));
        assert.equal(child.exitCode, null);
        const broken = () => cluster.log('agent', 200).split('a stream broke').length;
        const before = broken();
        child.kill('SIGINT');
        await eventually(() => assert.ok(broken() > before));
      });

      it('runs commands and passes on their outputs and exit codes', async () => {
        const result = await run(['exec', 'box', '--', 'sh', '-c', 'echo out; echo err >&2; exit 3']);
        assert.equal(result.stdout, 'out\n');
        assert.equal(result.stderr, 'err\ncommand terminated with exit code 3\n');
        assert.equal(result.code, 3);
        assert.equal((await run(['exec', 'box', '--', 'true'])).code, 0);
        assert.equal(
          (await run(['exec', '-i', 'box', '--', 'sh', '-c', 'cat; echo end'], 'told ')).stdout,
          'told end\n',
        );
      });

      it('says so when the container does not run', async () => {
        await eventually(async () => {
          const message = 'error: unable to upgrade connection: container not found ("main")';
          assert.equal(await refused('exec', 'crash', '-c', 'main', '--', 'ls'), message);
        });
      });

      it('carries 50 MB through a command and back, whole', async () => {
        const bytes = randomBytes(50 * MB);
        const child = spawnKubectl(kubectl, ['exec', '-i', 'box', '--', 'cat']);
        const hash = createHash('sha256');
        child.stdout?.on('data', (chunk) => hash.update(chunk));
        child.stdin?.end(bytes);
        const code = await new Promise((resolve) => child.once('close', resolve));
        assert.equal(code, 0);
        assert.equal(hash.digest('hex'), sha256(bytes));
      });

      it('copies files to and from a container', async () => {
        const bytes = randomBytes(3 * MB);
        const [from, back] = [join(dir, `from-${tag}`), join(dir, `back-${tag}`)];
        writeFileSync(from, bytes);
        const up = await run(['cp', from, `box:/tmp/copy-${tag}`]);
        assert.equal(up.code, 0, up.stderr);
        const down = await run(['cp', `box:/tmp/copy-${tag}`, back]);
        assert.equal(down.code, 0, down.stderr);
        assert.equal(await sha256OfFile(back), sha256(bytes));
      });

      it('gives a terminal, its size and its changes', async () => {
        // As on Kubernetes, the size is set once the command runs, and its first line may be faster.
        const steps = [
          'expect:/ #',
          'send:until stty size | grep "33 101"; do sleep 0.1; done; echo T$TERM',
          'expect:Txterm',
          'size:90x20',
          'send:until stty size | grep "20 90"; do sleep 0.1; done; echo resiz""ed',
          'expect:resized',
          'send:exit 7',
        ];
        const { code, shown } = await play(['exec', '-it', 'box', '--', 'sh'], steps);
        assert.match(shown, /33 101[\s\S]*Txterm[\s\S]*20 90[\s\S]*resized/);
        assert.equal(code, 7, shown);
      });

      it('runs a pod with a terminal, ends with its exit code and removes it', async () => {
        const args = ['run', '-it', '--rm', `run-${tag}`, '--image=busybox:1', '--restart=Never', '--', 'sh'];
        const { code, shown } = await play(args, ['expect:/ #', 'send:echo sum$((1+1)); exit 5', 'expect:sum2']);
        assert.match(shown, /sum2/);
        assert.doesNotMatch(shown, /couldn't attach/);
        assert.equal(code, 5, shown);
        assert.match(await refused('get', 'pod', `run-${tag}`), /NotFound/);
      });

      it('attaches to a container, whose end is a success whatever its exit code', async () => {
        const script = 'while read l; do echo "got $l"; done; echo bye; exit 4';
        const pod = aPod(`echo-${tag}`, [aContainer(script, 'stdin: true, stdinOnce: true,')], 'restartPolicy: Never,');
        await run(['apply', '-f', '-'], pod);
        await run(['wait', '--for=condition=Ready', `pod/echo-${tag}`, '--timeout=30s']);
        const result = await run(['attach', '-i', `echo-${tag}`], 'one\ntwo\n');
        assert.equal(result.stdout, 'got one\ngot two\nbye\n');
        assert.equal(result.code, 0, result.stderr);
      });

      it('forwards many connections at once, and says what it cannot reach', async () => {
        const forward = spawnKubectl(kubectl, ['port-forward', 'pod/web', ':80', ':81']);
        let shown = '';
        for (const output of [forward.stdout, forward.stderr])
          output?.on('data', (chunk) => {
            shown += chunk;
          });
        const port = (remote: number) => shown.match(new RegExp(`127\\.0\\.0\\.1:(\\d+) -> ${remote}\\n`))?.[1];
        await eventually(() => assert.ok(port(80) && port(81), shown));
        const get = async (path: string) => (await fetch(`http://127.0.0.1:${port(80)}/${path}`)).arrayBuffer();
        assert.equal(Buffer.from(await get('')).toString(), 'hello\n');
        const bodies = await Promise.all(Array.from({ length: 8 }, () => get('big')));
        for (const body of bodies) assert.equal(body.byteLength, 5_000_000);
        await assert.rejects(fetch(`http://127.0.0.1:${port(81)}/`));
        const words =
          /error forwarding port 81 to pod web.*failed to connect to localhost:81 inside namespace \\?"\w+\\?", IPv4: dial tcp4 127\.0\.0\.1:81: connect: connection refused IPv6 dial tcp6 \[::1\]:81: connect: /;
        await eventually(() => assert.match(shown, words));
        forward.kill('SIGINT');
      });

      it("forwards to a server that listens on the pod's 127.0.0.1 alone", async () => {
        const forward = spawnKubectl(kubectl, ['port-forward', 'pod/inward', ':80']);
        let shown = '';
        forward.stdout?.on('data', (chunk) => {
          shown += chunk;
        });
        const port = () => /127\.0\.0\.1:(\d+) -> 80\n/.exec(shown)?.[1];
        await eventually(() => assert.ok(port(), shown));
        assert.equal(await (await fetch(`http://127.0.0.1:${port()}/`)).text(), 'inside\n');
        forward.kill('SIGINT');
      });
    });
  }

  describe('without the agent', () => {
    before(() => cluster.kill('agent'));

    it('says which node cannot be reached', async () => {
      await eventually(async () => {
        const { code, stderr } = await cluster.kubectl(['logs', 'box']);
        assert.equal(code, 1);
        assert.match(stderr, /ServiceUnavailable.*node "stream-node" is not connected to the master/);
      });
    });
  });
});
