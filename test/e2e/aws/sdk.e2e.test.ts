import { after, before, describe, it } from 'node:test';
import { AwsCloud } from './aws-cloud.ts';
import { SdkWalk } from './sdk-walk.ts';

describe('the AWS SDK for JavaScript', () => {
  let cloud: AwsCloud;
  before(async () => {
    cloud = await AwsCloud.start();
  });
  after(() => cloud[Symbol.asyncDispose]());

  it('builds a VPC with a public instance and takes it apart', async () => {
    const walk = new SdkWalk(cloud.url);
    await cloud.assertReached(await walk.build('10.3'));
    await walk.destroy();
    await cloud.assertNothingLeft();
  });
});
