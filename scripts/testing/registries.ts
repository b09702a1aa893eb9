import { agentErrorCodes } from '../../agent/errors.ts';
import { authErrorCodes } from '../../api/auth/errors.ts';
import { awsErrorCodes } from '../../api/aws/errors.ts';
import { cliErrorCodes } from '../../api/cli/errors.ts';
import { clientErrorCodes } from '../../api/contract/errors.ts';
import { errorCodes } from '../../controller/resources/errors.ts';

/** Error class → the registry of its codes. */
export const registries: Readonly<Record<string, object>> = {
  WeftError: errorCodes,
  AuthError: authErrorCodes,
  // Refusals of signatures are answered as they are.
  AwsError: Object.fromEntries(Object.entries(awsErrorCodes).filter(([code]) => !(code in authErrorCodes))),
  ApiError: clientErrorCodes,
  CliError: cliErrorCodes,
  AgentError: agentErrorCodes,
};
