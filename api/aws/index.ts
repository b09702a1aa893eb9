export { AwsApi, type AwsApiOptions } from './api.ts';
export { DefaultNetworks } from './default-networks.ts';
export { AwsError, type AwsErrorCode, awsErrorCodes } from './errors.ts';
export { type MountOptions, mountAwsApi } from './mount.ts';
export { awsRegions } from './regions.ts';
