import { Command, CommanderError } from 'commander';
import type { Io } from './command.ts';
import { addAccountCommands, addKeyCommands } from './commands/account.ts';
import { addAgentCommand } from './commands/agent.ts';
import { addAuditCommand } from './commands/audit.ts';
import { addCompletionCommands } from './commands/completion.ts';
import { addControllerCommand } from './commands/controller.ts';
import { addStateCommands } from './commands/controller-state.ts';
import { addDhcpOptionsCommands } from './commands/dhcp-options.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addExecCommand } from './commands/exec.ts';
import { addElasticIpCommands, addExternalNetworkCommands } from './commands/external.ts';
import { addHostCommands } from './commands/host.ts';
import { addInstanceCommands } from './commands/instance.ts';
import { addInterfaceCommands } from './commands/interface.ts';
import { addManifestCommands } from './commands/manifest.ts';
import { addNatGatewayCommands } from './commands/nat-gateway.ts';
import { addNetworkAclCommands } from './commands/network-acl.ts';
import { addRemainingNouns } from './commands/noun.ts';
import { addOverviewCommand } from './commands/overview.ts';
import { addPeeringCommands } from './commands/peering.ts';
import { addPrefixListCommands } from './commands/prefix-list.ts';
import { addProfileCommands } from './commands/profile.ts';
import {
  addEgressOnlyInternetGatewayCommands,
  addInternetGatewayCommands,
  addRouteTableCommands,
} from './commands/routing.ts';
import { addSecurityGroupCommands } from './commands/security-group.ts';
import { addSubnetCommands, addVpcCommands } from './commands/vpc.ts';
import { addConnectionOptions } from './connection.ts';
import { errorLine, exitCodeOf, exitCodes } from './errors.ts';
import type { Launchers } from './launch.ts';

/** The whole command line. Modules of the controller and the agent are loaded only by their own commands. */
export function createProgram(io: Io, launchers: Launchers): Command {
  const program = new Command('weft')
    .description('Virtual private clouds on Open vSwitch.')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err });
  addConnectionOptions(program);
  addVpcCommands(program, io);
  addSubnetCommands(program, io);
  addInterfaceCommands(program, io);
  addSecurityGroupCommands(program, io);
  addNetworkAclCommands(program, io);
  addDhcpOptionsCommands(program, io);
  addPrefixListCommands(program, io);
  addRouteTableCommands(program, io);
  addPeeringCommands(program, io);
  addInternetGatewayCommands(program, io);
  addEgressOnlyInternetGatewayCommands(program, io);
  addExternalNetworkCommands(program, io);
  addElasticIpCommands(program, io);
  addNatGatewayCommands(program, io);
  addInstanceCommands(program, io);
  addHostCommands(program, io);
  addManifestCommands(program, io);
  addAccountCommands(program, io);
  addKeyCommands(program, io);
  addAuditCommand(program, io);
  addStateCommands(program, io);
  addRemainingNouns(program, io);
  addOverviewCommand(program, io);
  addProfileCommands(program, io);
  addCompletionCommands(program, io);
  addExecCommand(program, io);
  addControllerCommand(program, io, launchers);
  addAgentCommand(program, io, launchers);
  addDoctorCommand(program, io, launchers);
  explainUsage(program, 'weft');
  return program;
}

/** Makes what is said of a wrong command line end with what shows the right one, for the command and those below it. */
function explainUsage(command: Command, path: string): void {
  command.configureOutput({
    outputError: (text, write) => write(usageText(text, `${path} --help shows what can be given`)),
  });
  for (const below of command.commands) explainUsage(below, `${path} ${below.name()}`);
}

/**
 * Runs one command line, without the names of node and the script.
 * @returns the exit code: 0 done, 1 refused or failed, 2 wrong command line, 3 controller unreachable
 */
export async function runCli(
  words: readonly string[],
  surroundings: Omit<Io, 'setExitCode'>,
  launchers: Launchers,
): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const io: Io = {
    ...surroundings,
    setExitCode: (code) => {
      exitCode = code;
    },
  };
  try {
    await createProgram(io, launchers).parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    io.err(`${errorLine(error)}\n`);
    return exitCodeOf(error);
  }
}

/** Commander writes `error: …` and then perhaps a suggestion in brackets, on a line of its own. */
function usageText(text: string, fix: string): string {
  const [problem = '', suggestion] = text
    .replace(/^error: /, '')
    .trim()
    .split('\n');
  const guess = suggestion ? `${suggestion.replace(/^\((.*)\)$/, '$1')} ` : '';
  return `weft: ${problem.replace(/\.$/, '')} — ${guess}${fix}.\n`;
}
