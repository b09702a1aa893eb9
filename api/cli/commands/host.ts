import type { Command } from 'commander';
import type { Io } from '../command.ts';
import { addNoun } from './noun.ts';

/** `weft host`, `weft binding` and `weft held-address`: what agents have reported. */
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
  addNoun(program, io, {
    kind: 'held-address',
    name: 'held-address',
    description: 'which interface has a shared address of its allowed pairs',
    inVpc: true,
    update: false,
    deleteVerb: 'free',
  });
}
