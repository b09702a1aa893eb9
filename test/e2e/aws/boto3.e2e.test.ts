import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { awsEnvironment } from '../../../api/aws/testing/commands.ts';
import { AwsCloud, missing } from './aws-cloud.ts';

const run = promisify(execFile);
const boto3 = '/usr/lib/python3/dist-packages/boto3';

describe('boto3', () => {
  let cloud: AwsCloud;
  before(async () => {
    cloud = await AwsCloud.start();
  });
  after(() => cloud[Symbol.asyncDispose]());

  it('builds a VPC with a public instance and takes it apart', { skip: missing(boto3) }, async () => {
    const walk = (...args: string[]) =>
      run('/usr/bin/python3', [join(import.meta.dirname, 'boto3-walk.py'), ...args], {
        env: awsEnvironment(cloud.url),
        timeout: 120_000,
      });
    const { stdout } = await walk('build', cloud.url, '10.2');
    await cloud.assertReached(JSON.parse(stdout).publicIp);
    await walk('destroy', cloud.url, stdout);
    await cloud.assertNothingLeft();
  });
});
