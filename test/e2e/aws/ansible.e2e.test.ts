import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { awsEnvironment } from '../../../api/aws/testing/commands.ts';
import { AwsCloud, missing } from './aws-cloud.ts';

const run = promisify(execFile);
const boto3 = '/usr/lib/python3/dist-packages/boto3';

describe("Ansible's amazon.aws", () => {
  let cloud: AwsCloud;
  before(async () => {
    cloud = await AwsCloud.start();
  });
  after(() => cloud[Symbol.asyncDispose]());

  it('builds a VPC with a public instance and takes it apart', {
    skip: missing('/usr/bin/ansible-playbook', boto3),
  }, async () => {
    const place = await mkdtemp(join(tmpdir(), 'weft-ansible-'));
    try {
      const made = join(place, 'made.json');
      const play = (file: string) =>
        run(
          '/usr/bin/ansible-playbook',
          [
            ...['-e', `endpoint=${cloud.url}`, '-e', 'cidr=10.4', '-e', `made=${made}`],
            join(import.meta.dirname, file),
          ],
          { env: { ...awsEnvironment(cloud.url), HOME: place, ANSIBLE_NOCOLOR: '1' }, timeout: 240_000 },
        ).catch((error: Error & { stdout?: string }) => assert.fail(error.stdout ?? error.message));
      await play('build.yml');
      await cloud.assertReached(JSON.parse(await readFile(made, 'utf8')).publicIp);
      await play('destroy.yml');
      await cloud.assertNothingLeft();
    } finally {
      await rm(place, { recursive: true });
    }
  });
});
