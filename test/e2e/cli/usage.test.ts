import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { assertShows } from '../../lib/screen.ts';
import { cluster } from '../setup/shared-cluster.ts';
import { bramble } from './bramble.ts';

const COMMANDS = [
  'up',
  'down',
  'master',
  'agent',
  'join',
  'status',
  'token',
  'doctor',
  'kubeconfig',
  'uninstall',
  'version',
];

/** Arguments, and what must be said of them. */
const WRONG: readonly (readonly [readonly string[], RegExp])[] = [
  [['nonsense'], /unknown command 'nonsense'/],
  [['master', '--nonsense'], /unknown option '--nonsense'/],
  [
    ['master', '--listen=x', '--cluster-cidr=y'],
    /--listen: must be ADDRESS:PORT, not "x"\n.*--cluster-cidr: must be a network/,
  ],
  [['master', '--cluster-dns=10.9.9.9'], /--cluster-dns: must lie within --service-cidr/],
  [['master', '--config=/nowhere'], /config: .*no such file/],
  [['agent', '--master=bad', '--node-name=BAD'], /--master: must be HOST:PORT.*\n.*--node-name: "BAD" must be/],
  [['token'], /Usage: bramble token/],
  [['token', 'revoke'], /missing required argument 'id'/],
  [['join'], /missing required argument 'address'/],
  [['join', 'pi-1'], /--token: is missing: run 'bramble token create' on the master/],
  [['join', 'https://pi-1', '--token=x'], /address: must be HOST or HOST:PORT/],
  [['join', 'pi-1', '--token=half'], /copy the whole word, dots included/],
  [['doctor', '--role=cook'], /--role: must be master or agent/],
];

describe('bramble', function () {
  this.timeout(60_000);

  it('shows its commands and examples with --help', async () => {
    const { code, stdout } = await bramble('--help');
    assert.equal(code, 0);
    for (const command of COMMANDS) assert.match(stdout, new RegExp(`^ {2}${command}\\b`, 'm'));
    assert.match(stdout, /^Examples:$/m);
  });

  for (const command of COMMANDS) {
    it(`explains ${command}, with an example`, async () => {
      const { code, stdout } = await bramble(command, '--help');
      assert.equal(code, 0);
      assert.match(stdout, /^Usage: bramble /);
      if (command !== 'token') assert.match(stdout, /^Examples?:$/m);
    });
  }

  for (const [args, words] of WRONG) {
    it(`calls "${args.join(' ')}" wrong usage`, async () => {
      const { code, stdout, stderr } = await bramble(...args);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, words);
    });
  }

  it('says where it looked and what to do when there is no master', async () => {
    for (const command of [['token', 'list'], ['status'], ['kubeconfig']]) {
      const { code, stderr } = await bramble(...command, '--data-dir=/nowhere');
      assert.equal(code, 1);
      assert.match(stderr, /^bramble: can't read .*\/nowhere\/kubeconfig: run this on the master as root/);
    }
  });

  it('tells its version and the level of the API', async () => {
    const { stdout } = await bramble('version');
    assertShows(stdout, 'bramble <any>, Kubernetes API v1.36.0+bramble.<any>, Node.js v<any>');
  });

  it('prints the kubeconfig as it is', async () => {
    const { code, stdout } = await bramble('kubeconfig', `--data-dir=${cluster.dataDir}`);
    assert.equal(code, 0);
    assert.equal(stdout, readFileSync(cluster.kubeconfig, 'utf8'));
  });

  it('makes, lists and revokes tokens', async () => {
    const at = `--data-dir=${cluster.dataDir}`;
    const what = ['--ttl=30m', '--single-use', '--description=the Pi under the desk'];
    const made = await bramble('token', 'create', ...what, at);
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stdout, /^[a-z0-9]{6}\.[a-z0-9]{26}\.[0-9a-f]{64}\n$/);
    const [id = '', secret = ''] = made.stdout.split('.');
    const listed = await bramble('token', 'list', at);
    assertShows(
      listed.stdout,
      `ID EXPIRES FOR DESCRIPTION\n...\n${id} in <age> one machine the Pi under the desk\n...`,
    );
    assert.ok(!listed.stdout.includes(secret));
    const revoked = await bramble('token', 'revoke', id, at);
    assert.deepEqual(revoked, {
      code: 0,
      stdout: `token ${id} revoked; machines that joined with it stay\n`,
      stderr: '',
    });
    assert.ok(!(await bramble('token', 'list', at)).stdout.includes(id));
    const again = await bramble('token', 'revoke', id, at);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /there is no token .*bramble token list/);
  });

  it('looks at this machine, for people and for programs', async () => {
    const forPeople = await bramble('doctor');
    assert.match(forPeople.stdout, /^✓ docker +Docker \d+/m, forPeople.stderr);
    assert.match(forPeople.stdout, /\d+ ok, (no|\d+) warnings?, (no|\d+) problems?/);
    const { code, stdout } = await bramble('doctor', '--role=master', '--json', `--data-dir=${cluster.dataDir}`);
    const { findings } = JSON.parse(stdout) as { findings: { check: string; level: string }[] };
    assert.equal(code, findings.some(({ level }) => level === 'problem') ? 1 : 0);
    assert.ok(
      ['clock', 'disk speed', 'nftables'].every((name) => findings.some(({ check }) => check === name)),
      stdout,
    );
  });

  it('refuses a time that is none', async () => {
    const { code, stderr } = await bramble('token', 'create', '--ttl=soon', `--data-dir=${cluster.dataDir}`);
    assert.equal(code, 2);
    assert.match(stderr, /ttl: must be a time like 30m, 24h or 7d, not "soon"/);
  });
});
