/** `npm start`: the controller, two hosts, a sample VPC, and a look at what reaches what. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { WeftClient } from '@weft/api/contract';
import {
  type ControllerProgram,
  createLab,
  type Lab,
  labRequirements,
  meetOnUnderlay,
  type Outsider,
} from '@weft/labs/hosts';
import { createSample, externalCidr, removeInstances, type Sample } from '../labs/sample/cloud.ts';
import { formatTable, observe, startListeners } from '../labs/sample/reachability.ts';

const usage = `npm start                 the controller and a lab of two hosts with a sample VPC, until Ctrl-C
npm start -- --check      the same, then ends: exit status 0 when everything reaches what it should, else 1
npm start -- --no-lab     the controller alone`;

const apiPort = 8080;
const openflowPort = 6653;
const root = new URL('..', import.meta.url).pathname;
const say = (message: string) => process.stdout.write(`${message}\n`);
const step = (message: string) => say(`  · ${message}`);

function options(): { check: boolean; lab: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        check: { type: 'boolean' },
        'no-lab': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      say(usage);
      process.exit(0);
    }
    return { check: values.check ?? false, lab: !values['no-lab'] };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}\n`);
    process.exit(2);
  }
}

/** The controller as it would run in production, with its store under var/, until it ends. */
function runBareController(): void {
  mkdirSync(`${root}var`, { recursive: true });
  const child = spawn(
    `${root}bin/weft`,
    [
      'controller',
      '--api',
      `127.0.0.1:${apiPort}`,
      '--openflow',
      `127.0.0.1:${openflowPort}`,
      '--store',
      `sqlite:${root}var/weft.db`,
    ],
    { stdio: 'inherit' },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 0)));
}

function printNextSteps({ instances, elasticAddress }: Sample, outsider: Outsider): void {
  const [web] = instances;
  say(`
Try next, in another terminal:
  bin/weft list
  bin/weft exec visitor -- ping -c 3 ${web?.address}
  ip netns exec ${outsider.namespace} ping -c 3 ${elasticAddress}
  bin/weft security-group allow web --protocol tcp --port 443 --from-cidr 0.0.0.0/0
  ovs-ofctl -O OpenFlow15 dump-flows unix:/run/weft/labs/start/h1/br-int.mgmt

API: http://127.0.0.1:${apiPort}/v1/openapi.json`);
}

interface StartedLab {
  readonly lab: Lab;
  readonly controller: ControllerProgram;
  readonly client: WeftClient;
  /** A machine on the external network. */
  readonly outsider: Outsider;
}

async function startLab(): Promise<StartedLab> {
  say('Starting the lab:');
  const lab = await createLab({
    name: 'start',
    hosts: 2,
    externalNetwork: { cidr: externalCidr },
    log: step,
  });
  try {
    const controller = await lab.startController({ apiPort, openflowPort });
    step(`controller on 127.0.0.1:${apiPort}, OpenFlow on 127.0.0.1:${openflowPort}`);
    await Promise.all(lab.hosts.map((host) => host.startAgent()));
    step(`agents on ${lab.hosts.map(({ name }) => name).join(' and ')}`);
    await meetOnUnderlay(lab);
    const outsider = await lab.addOutsider({ name: 'outside', address: '203.0.113.200/24' });
    return { lab, controller, client: new WeftClient({ url: controller.apiUrl }), outsider };
  } catch (error) {
    await lab.close();
    throw error;
  }
}

/** Resolves with the name of the signal that asks for the end. */
function interrupted(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => resolve(signal));
  });
}

async function runLab(check: boolean): Promise<number> {
  const end = interrupted();
  const { lab, controller, client, outsider } = await startLab();
  try {
    say('\nCreating the sample:');
    const sample = await createSample(
      client,
      lab.hosts.map(({ name }) => name),
      step,
    );
    const servers = await startListeners(sample);
    try {
      const findings = await observe(sample);
      const wrong = findings.filter(({ seen, expected }) => seen !== expected);
      say(`\nWhat reaches what:\n\n${formatTable(sample, findings)}\n`);
      say(
        `${findings.length - wrong.length} of ${findings.length} as the security groups say${wrong.length > 0 ? '; ! marks the others' : ''}.`,
      );
      if (check) return wrong.length === 0 ? 0 : 1;
      printNextSteps(sample, outsider);
      say('\nCtrl-C ends the lab and leaves nothing behind.');
      await end;
      return 0;
    } finally {
      servers.close();
    }
  } catch (error) {
    for (const line of controller.logs.slice(-20)) process.stderr.write(`${line}\n`);
    throw error;
  } finally {
    say('\nCleaning up …');
    await removeInstances(client, (name) => existsSync(`/run/netns/${name}`)).catch((error: unknown) => {
      process.stderr.write(`instances could not be ended through the API: ${String(error)}\n`);
    });
    client.close();
    await lab.close();
  }
}

const { check, lab } = options();
const missing = lab ? labRequirements() : [];
if (lab && missing.length === 0) {
  process.exitCode = await runLab(check);
} else {
  if (missing.length > 0) {
    say(`No lab: ${missing.map(({ message }) => message).join('; ')}`);
    if (check) process.exit(1);
  }
  runBareController();
}
