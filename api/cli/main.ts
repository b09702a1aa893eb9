import { addressText, isLoopback, type Launchers } from './launch.ts';
import { runCli } from './program.ts';

const launchers: Launchers = {
  async controller({ api, openflow, store }) {
    const [{ pino }, { runController }, { createRestServer, listen }, { Authenticator }, { mountAwsApi }] =
      await Promise.all([
        import('pino'),
        import('@weft/controller'),
        import('@weft/api/rest'),
        import('@weft/api/auth'),
        import('@weft/api/aws'),
      ]);
    const logger = pino({ name: 'controller' });
    const running = await runController({ openflow, store, logger });
    const openflowTarget = `tcp:${addressText({ host: openflow.host, port: running.openflowPort })}`;
    const server = createRestServer(running.controller, { openflowTarget, logger });
    // Without accounts whoever reaches the port is the developer: on loopback only.
    if (isLoopback(api.host)) {
      const authenticator = new Authenticator({
        keys: { find: () => undefined },
        region: 'us-east-1',
        development: { account: '123456789012' },
      });
      mountAwsApi(server, {
        controller: running.controller,
        authenticate: (request) => authenticator.signed(request),
      });
    }
    const url = await listen(server, api).catch(async (error: unknown) => {
      await running.close();
      throw error;
    });
    return {
      logger,
      about: { api: url, openflow: openflowTarget, store },
      // The API first: no call may come to a controller that is closing.
      close: async () => {
        await server.close();
        await running.close();
      },
    };
  },

  async agent(options) {
    const [{ pino }, { runAgent }] = await Promise.all([import('pino'), import('@weft/agent')]);
    const logger = pino({ name: 'agent' });
    const running = await runAgent({ ...options, logger });
    const about = { host: options.host, controller: options.controller };
    return { logger, about, close: () => running.close() };
  },
};

// A pager that is closed early closes our output: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await runCli(
  process.argv.slice(2),
  {
    env: process.env,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  },
  launchers,
);
