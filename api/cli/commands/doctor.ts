import { type Command, Option } from 'commander';
import type { Io } from '../command.ts';
import { exitCodes } from '../errors.ts';
import type { DoctorOptions, Finding, Launchers } from '../launch.ts';
import { underlayMtu } from '../options.ts';
import { type Format, formats, renderData, renderTable } from '../output.ts';
import { Progress } from '../progress.ts';

/** `weft doctor`: looks at everything that this host needs, and says what to mend. It changes nothing. */
export function addDoctorCommand(program: Command, io: Io, launchers: Launchers): void {
  program
    .command('doctor')
    .description(
      'check this host: Open vSwitch, tunnels, the controller, clocks, certificates; ends with 1 when something fails',
    )
    .option('--ovsdb <socket>', 'socket of the local ovsdb-server', 'unix:/var/run/openvswitch/db.sock')
    .option(
      '--controller <url>',
      'address of the API, as the agent has it; without it the controller is not asked',
    )
    .option('--host <name>', 'name of this host, to see whether the controller knows it')
    .option('--tunnel-ip <address>', 'address that tunnels end at; without it that of the tunnel port')
    .option(
      '--underlay-mtu <bytes>',
      'what the controller was told by the same option (default: 1500)',
      underlayMtu,
    )
    .option('--token-file <path>', "file with the token of this host's access key")
    .option('--ca <path>', 'PEM file: whom to trust as the controller')
    .option('--certificate <path>', "PEM file: this host's certificate")
    .option('--key <path>', 'PEM file: the key of the certificate')
    .addOption(new Option('-o, --output <format>', 'form of the output').choices(formats))
    .action(async ({ output = 'table', ...options }: DoctorOptions & { output?: Format }) => {
      const progress = new Progress(io, 'looking at this host');
      const findings = await launchers.doctor(options).finally(() => progress.end());
      io.out(await render(findings, output));
      if (findings.some(({ state }) => state === 'fail')) io.setExitCode(exitCodes.failed);
    });
}

async function render(findings: readonly Finding[], format: Format): Promise<string> {
  if (format === 'json' || format === 'yaml') return renderData(findings, format);
  const failing = findings.filter(({ state }) => state !== 'pass');
  if (format === 'name') return failing.map(({ check }) => `${check}\n`).join('');
  const rows = findings.flatMap(({ state, check, about, fix }) => [
    [state, check, about],
    ...(fix === undefined ? [] : [['', '', `→ ${fix}`]]),
  ]);
  return renderTable(rows) + summary(findings);
}

function summary(findings: readonly Finding[]): string {
  const count = (wanted: Finding['state']) => findings.filter(({ state }) => state === wanted).length;
  return `${count('pass')} pass, ${count('warn')} warn, ${count('fail')} fail\n`;
}
