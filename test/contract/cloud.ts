import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAccess } from '@weft/api/auth';
import { createRestServer, listen } from '@weft/api/rest';
import { type ObservedController, runController } from '@weft/controller';
import { WeftError } from '@weft/controller/resources';
import { TestSwitch } from 'node-openflow/testing';
import pino from 'pino';
import { hostSpec } from '../../api/rest/testing/harness.ts';

/** What a test makes a controller do that it does not do by itself. */
export class Steering {
  /** The next call of any method fails, as with a full disk. */
  failing = false;
  /** Hosts are said not to have confirmed. */
  late = false;

  /** The controller behind this steering. */
  of<T extends ObservedController>(controller: T): T {
    return new Proxy(controller, { get: (target, name) => this.#get(target, name) });
  }

  #get(target: ObservedController, name: string | symbol): unknown {
    const value = Reflect.get(target, name, target);
    if (name === 'audit' && this.failing) return { query: fail };
    if (name === 'metrics' && this.failing) return { ...target.metrics, exposition: fail };
    if (typeof value !== 'function') return value;
    return (...args: unknown[]) => {
      if (this.failing) return fail();
      if (this.late && name === 'applied') {
        return { revision: args[0], applied: false, hosts: [{ host: 'h1', state: 'pending' }] };
      }
      return value.apply(target, args);
    };
  }
}

function fail(): never {
  throw new WeftError('unavailable', 'the store cannot be written: the disk is full');
}

/** A controller with one switch behind the REST API, on a free port of loopback. */
export async function startCloud(steering: Steering) {
  const folder = await mkdtemp(join(tmpdir(), 'weft-contract-'));
  const logger = pino({ level: 'silent' });
  const store = `sqlite:${join(folder, 'weft.db')}`;
  const running = await runController({ openflow: { host: '127.0.0.1', port: 0 }, store, logger });
  const controller = steering.of(running.controller);
  const access = await openAccess(controller, { host: '127.0.0.1', keyFile: join(folder, 'key') });
  const server = createRestServer(controller, {
    openflowTarget: `tcp:127.0.0.1:${running.openflowPort}`,
    logger,
    authenticator: access.authenticator,
    keys: access.keys,
  });
  const url = await listen(server, { host: '127.0.0.1', port: 0 });
  const device = new TestSwitch({ datapathId: BigInt(`0x${hostSpec.datapathId}`) });
  return {
    url,
    /** The host's switch comes up; resolves when the controller knows. */
    async connectSwitch() {
      await device.connect({ host: '127.0.0.1', port: running.openflowPort });
      while (running.controller.read('host', 'h1', everything).status.state !== 'up') {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async close() {
      await server.close();
      await running.close();
      await device.close();
      await rm(folder, { recursive: true });
    },
  };
}

const everything = { account: '*', region: '*' };
