import type { Command } from 'commander';
import type { Io } from '../command.ts';
import { addNoun } from './noun.ts';

/** `weft host` and `weft binding`: what agents have reported. */
export function addHostCommands(program: Command, io: Io): void {
  addNoun(program, io, {
    kind: 'host',
    name: 'host',
    description: 'machines with Open vSwitch and an agent',
    update: false,
  });
  addNoun(program, io, {
    kind: 'binding',
    name: 'binding',
    description: 'which port of which host carries an interface',
    update: false,
  });
}
