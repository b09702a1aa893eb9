import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLab, type Lab } from '@weft/labs/hosts';

const weft = fileURLToPath(new URL('../../bin/weft', import.meta.url));

describe('an agent that cannot start', () => {
  let lab: Lab;
  before(async () => {
    lab = await createLab({ hosts: 1 });
  });
  after(() => lab.close());

  const good = () => ({
    '--controller': 'http://127.0.0.1:9',
    '--ovsdb': lab.hosts[0]?.ovsdbEndpoint as string,
    '--host': 'h1',
    '--tunnel-ip': '198.18.0.1',
  });

  /** Runs the agent in the host's namespace, as another user when asked for. */
  function start(
    changes: Record<string, string>,
    { user, extra = [] }: { user?: number; extra?: string[] } = {},
  ) {
    const options = Object.entries({ ...good(), ...changes }).flat();
    const asUser = user === undefined ? [] : ['setpriv', `--reuid=${user}`, '--clear-groups'];
    const namespace = `--net=/run/netns/${lab.hosts[0]?.namespace}`;
    return new Promise<{ code: number; stderr: string }>((resolve) => {
      execFile(
        'nsenter',
        [namespace, ...asUser, weft, 'agent', ...options, ...extra],
        { timeout: 30_000 },
        (error, _stdout, stderr) => {
          resolve({ code: Number(error?.code ?? 0), stderr });
        },
      );
    });
  }

  const cases: [what: string, run: () => ReturnType<typeof start>, says: RegExp][] = [
    [
      'without Open vSwitch',
      () => start({ '--ovsdb': 'unix:/run/weft/nowhere/db.sock' }),
      /does not exist.*Start Open vSwitch/,
    ],
    ['with a relative socket path', () => start({ '--ovsdb': 'unix:db.sock' }), /is relative.*unix:\//],
    [
      'with a controller URL that is none',
      () => start({ '--controller': 'localhost' }),
      /is not the URL of a controller/,
    ],
    ['with a controller that does not answer', () => start({}), /http:\/\/127\.0\.0\.1:9/],
    ['without root', () => start({}, { user: 65534, extra: ['--compute', 'netns'] }), /root/],
    [
      'with a bridge that is not there',
      async () => {
        const { apiUrl } = await lab.startController();
        return start({ '--controller': apiUrl }, { extra: ['--bridge-mapping', 'external=br-none'] });
      },
      /br-none/,
    ],
  ];
  for (const [what, run, says] of cases) {
    it(`${what} says so in one line, and what to do`, async () => {
      const { code, stderr } = await run();
      assert.equal(code, 1, stderr);
      assert.match(stderr, says);
      assert.equal(stderr.trim().split('\n').length, 1, stderr);
    });
  }
});
