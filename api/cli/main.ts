import type { NewCredentials } from '@weft/api/auth';
import { readCertificates } from './certificates.ts';
import { addressText, type Launchers, type ServiceLogger } from './launch.ts';
import { runCli } from './program.ts';

const launchers: Launchers = {
  async controller({ api, openflow, store, ...options }) {
    const [
      { pino },
      { runController },
      { createRestServer, listen, renewCertificates },
      { openAccess },
      { DefaultNetworks, mountAwsApi },
    ] = await Promise.all([
      import('pino'),
      import('@weft/controller'),
      import('@weft/api/rest'),
      import('@weft/api/auth'),
      import('@weft/api/aws'),
    ]);
    const logger = pino({ name: 'controller' });
    const tls = readCertificates(options);
    const switchTls = options.openflowTls && tls?.ca !== undefined ? { ...tls, ca: tls.ca } : undefined;
    const running = await runController({
      openflow: { ...openflow, tls: switchTls },
      store,
      audit: { days: options.auditDays, entries: options.auditEntries },
      underlayMtu: options.underlayMtu,
      logger,
    });
    const { controller } = running;
    const endOnFailure = async (error: unknown) => {
      await running.close();
      throw error;
    };
    const openflowTarget = `${switchTls ? 'ssl' : 'tcp'}:${addressText({ host: openflow.host, port: running.openflowPort })}`;
    const keyFile = options.keyFile ?? `${store.slice(store.indexOf(':') + 1)}.key`;
    const accessOptions = { host: api.host, mode: options.access, keyFile, region: options.region };
    const access = await openAccess(controller, accessOptions).catch(endOnFailure);
    if (access.firstKey) process.stderr.write(firstKeyText(access.firstKey));
    const { authenticator, keys, mode } = access;
    const limits = mode === 'development' ? {} : keyLimits(options.rateLimit);
    const { regions } = options;
    const defaultNetworks = new DefaultNetworks(controller, regions);
    const server = createRestServer(controller, {
      ...{ openflowTarget, logger, authenticator, keys, limits, regions, tls },
      // In development mode whoever comes is the one account, which gets its VPC with AWS's tools.
      ...(mode === 'keys' ? { firstSight: (caller) => defaultNetworks.ensure(caller) } : {}),
    });
    const authenticate = authenticator.signed.bind(authenticator);
    mountAwsApi(server, { controller, authenticate, regions, limits });
    const url = await listen(server, api).catch(endOnFailure);
    if (tls)
      process.on('SIGHUP', () =>
        renew(() => renewCertificates(server, readCertificates(options) ?? tls), logger),
      );
    return {
      logger,
      about: { api: url, openflow: openflowTarget, store, access: mode },
      // The API first: no call may come to a controller that is closing.
      close: async () => {
        await server.close();
        await running.close();
      },
    };
  },

  async doctor(options) {
    const { examineHost } = await import('@weft/agent');
    return examineHost(options);
  },

  async agent(options) {
    const [{ pino }, { runAgent }] = await Promise.all([import('pino'), import('@weft/agent')]);
    const logger = pino({ name: 'agent' });
    const running = await runAgent({ ...options, logger });
    const about = { host: options.host, controller: options.controller };
    return { logger, about, close: () => running.close() };
  },
};

/** A renewal that fails is told, and the old certificates stay. */
function renew(change: () => void, logger: ServiceLogger): void {
  try {
    change();
    logger.info({}, 'the certificates of the API are read again');
  } catch (error) {
    logger.error({ err: error }, 'the certificates of the API cannot be renewed; the old ones stay');
  }
}

/** Each key may send a burst of five seconds' requests, and follow changes in as many places as a person can look at. */
const keyLimits = (perSecond: number) => ({ requests: { perSecond, burst: perSecond * 5 }, watches: 64 });

/** On standard error and not in the log: logs are kept, and sent elsewhere. */
const firstKeyText = ({ accessKeyId, secret, token }: NewCredentials) =>
  `The access key of the first admin. It is shown this once:
  access key id  ${accessKeyId}
  secret         ${secret}
  token          ${token}
`;

// A pager that is closed early closes our output: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await runCli(
  process.argv.slice(2),
  {
    env: process.env,
    errIsTerminal: process.stderr.isTTY,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  },
  launchers,
);
