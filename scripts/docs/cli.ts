import { createProgram } from '../../api/cli/program.ts';

type Command = ReturnType<typeof createProgram>;

const silent = { env: {}, out: () => undefined, err: () => undefined, setExitCode: () => undefined };
const noLaunch = () => Promise.reject(new Error('documentation starts nothing'));

function section(command: Command, path: readonly string[]): string {
  const name = [...path, command.name()].join(' ');
  command.configureHelp({ helpWidth: 100 });
  const help = `${'#'.repeat(path.length + 2)} ${name}\n\n\`\`\`\n${command.helpInformation().trim()}\n\`\`\`\n`;
  const shown = command.commands.filter((child) => !(child as { _hidden?: boolean })._hidden);
  const children = shown.map((child) => section(child as Command, [...path, command.name()]));
  return [help, ...children].join('\n');
}

/** The reference page of the command line, from the commands' own help. */
export function cliPage(): string {
  const program = createProgram(silent, { controller: noLaunch, agent: noLaunch, doctor: noLaunch });
  return `# Command line\n\n${section(program, [])}`;
}
